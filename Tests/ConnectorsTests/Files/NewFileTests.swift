import Foundation
import TestSupport
import Testing

@testable import Connectors

/// A file has its name when it is whole, and never takes the place of another.
@Suite struct NewFileTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func path(_ name: String) -> String { folder.path + "/" + name }
  private func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }
  private var names: [String] { folder.files("").map { String($0.dropFirst(folder.path.count + 1)) } }

  /// Why a file of that name is not begun.
  private func fault(_ name: String, isMadeUp: Bool = false) -> FileFault? {
    do throws(FileFault) {
      var file = try NewFile(name, isMadeUp: isMadeUp)
      file.abandon()
      return nil
    } catch {
      return error
    }
  }

  @Test func itHasItsNameWhenItIsWhole() throws {
    var file = try NewFile(path("a.jsonl"))
    try file.write(Array("one\n".utf8))
    #expect(names == ["a.jsonl.part"] && file.name == path("a.jsonl"))
    try file.write(Array("two\n".utf8))
    try file.finish()
    #expect(try names == ["a.jsonl"] && text("a.jsonl") == "one\ntwo\n")
  }

  @Test func nothingIsLeftOfWhatWasBrokenOff() throws {
    var file = try NewFile(path("a.jsonl"))
    try file.write([1, 2, 3])
    file.abandon()
    #expect(names.isEmpty)
    file.abandon()
    #expect(names.isEmpty)
  }

  @Test func anotherFileIsNotWrittenOver() throws {
    _ = try folder.file("a.jsonl", "mine")
    #expect(fault(path("a.jsonl")) == .isThere)
    #expect("\(FileFault.isThere)" == "there is a file of that name already; say another")
    #expect(try names == ["a.jsonl"] && text("a.jsonl") == "mine")
    // A link that leads nowhere is somebody's, too.
    try FileManager.default.createSymbolicLink(atPath: path("b.jsonl"), withDestinationPath: path("nowhere"))
    #expect(fault(path("b.jsonl")) == .isThere)
  }

  @Test func norOneThatCameMeanwhile() throws {
    var file = try NewFile(path("a.jsonl"))
    try file.write([1])
    _ = try folder.file("a.jsonl", "mine")
    #expect(throws: FileFault.isThere) { try file.finish() }
    file.abandon()
    #expect(try names == ["a.jsonl"] && text("a.jsonl") == "mine")
  }

  @Test func whatAnotherSaveHasBegunIsLeftAlone() throws {
    let part = try folder.file("a.jsonl.part", "half")
    #expect(fault(path("a.jsonl")) == .partIsThere(part))
    let sentence = "there is \(part), where another save goes on or was broken off; remove it, or say another name"
    #expect("\(FileFault.partIsThere(part))" == sentence)
    #expect(try text("a.jsonl.part") == "half")
  }

  @Test func aNameThatNobodySaidGetsANumber() throws {
    for _ in 0..<3 { _ = try NewFile.write(Array("x".utf8), as: path("at-1403.otlp.jsonl"), isMadeUp: true) }
    #expect(names == ["at-1403-2.otlp.jsonl", "at-1403-3.otlp.jsonl", "at-1403.otlp.jsonl"])
    // One that comes while it is written, too.
    var file = try NewFile(path("new.json"), isMadeUp: true)
    _ = try folder.file("new.json", "mine")
    try file.finish()
    #expect(try file.name == path("new-2.json") && text("new.json") == "mine")
    try FileManager.default.createDirectory(atPath: path("old.json"), withIntermediateDirectories: true)
    #expect(try NewFile.write([], as: path("old.json"), isMadeUp: true) == path("old-2.json"))
  }

  @Test func aFolderIsNoFile() {
    for name in [folder.path, folder.path + "/", path("."), "/"] {
      #expect(fault(name) == .isFolder, "\(name)")
    }
    #expect("\(FileFault.isFolder)" == "that is a folder; say the name of a file in it")
  }

  @Test func whatTheSystemSaysIsSaidWithWhatWouldBeRight() throws {
    _ = try folder.file("plain", "")
    let long = String(repeating: "x", count: 300)
    for (name, reason) in [
      ("none/a", "its folder is not there; "), ("plain/a", "what its name has for a folder is a file; "),
      (long, "no file can be called that; "),
    ] {
      let fault = fault(path(name))
      #expect(fault?.description.hasPrefix(reason) == true, "\(name)")
    }
    #expect("\(FileFault.system(ENOSPC))" == "the disk is full")
    #expect(names == ["plain"])
  }

  /// Where a file cannot have two names.
  @Test func withoutHardLinksTheNameIsTakenFirst() throws {
    let part = try folder.file("a.part", "whole")
    try NewFile.claim(path("a"), for: part)
    #expect(try names == ["a"] && text("a") == "whole")
    let other = try folder.file("b.part", "other")
    #expect(throws: FileFault.isThere) { try NewFile.claim(path("a"), for: other) }
    #expect(try text("a") == "whole")
    #expect(throws: FileFault.system(ENOENT)) { try NewFile.claim(path("c"), for: path("none")) }
    #expect(names == ["a", "b.part"], "what took the name is gone again")
  }
}

import Foundation

/// A folder of its own for one test, removed when nobody holds it any more.
public final class TemporaryDirectory: Sendable {
  public let path: String

  /// All of this process. What is left in it at the end goes, too: a log whose last records are written while its folder
  /// is removed puts a file back.
  private static let all: String = {
    // Short, so that a line on a screen has room for it.
    let name = "msatop-" + String(UInt32.random(in: 0...UInt32.max), radix: 36)
    atexit { try? FileManager.default.removeItem(atPath: TemporaryDirectory.all) }
    return FileManager.default.temporaryDirectory.path + "/" + name
  }()

  public init() throws {
    path = Self.all + "/" + String(UInt32.random(in: 0...UInt32.max), radix: 36)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, in a folder below this one where `name` says so; returns its path.
  public func file(_ name: String, _ text: String) throws -> String {
    let file = URL(fileURLWithPath: path).appendingPathComponent(name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  /// All files that end so, by their paths, sorted.
  public func files(_ suffix: String) -> [String] {
    let all = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    return all.filter { $0.hasSuffix(suffix) }.sorted().map { path + "/" + $0 }
  }
}

import Concurrency
import Foundation
import Operations
import TestSupport
import Testing
import TraceCollector
import TraceModel

@testable import Connectors

/// The spans of all that matches, written slice by slice: whole under its name, or not there at all.
@Suite struct SpanSavingTests {
  private static let epoch: Int64 = 1_760_000_000_000_000_000

  private let folder: TemporaryDirectory
  private let store = TraceStore(budget: 16_000_000)

  init() throws {
    folder = try TemporaryDirectory()
    fill(1...100)
  }

  /// Every second one is of service `pay`.
  private func fill(_ numbers: ClosedRange<UInt64>) {
    for number in numbers {
      let span = TraceSpan(
        gtxid: GTXID(high: 0, low: number)!, id: SpanID(number)!, kind: .server,
        service: number % 2 == 0 ? "pay" : "stock", operation: "charge", start: Self.epoch, duration: 1_000_000)
      store.add([span], now: Self.epoch)
    }
  }

  private func path(_ name: String) -> String { folder.path + "/" + name }
  private var names: [String] { folder.files("").map { String($0.dropFirst(folder.path.count + 1)) } }

  private func saving(
    _ filter: String, as name: String, isMadeUp: Bool = false, now: @escaping @Sendable () -> Int64 = { 0 }
  ) throws -> SpanSaving {
    let question = TransactionQuestion(try TransactionFilter(parsing: filter))
    let export = TransactionExport([
      .init(question, in: store, spansAreAll: true) { TransactionSummary($0, now: Self.epoch) }
    ])
    return try SpanSaving(export, as: path(name), isMadeUp: isMadeUp, now: now)
  }

  /// A clock by which each slice is over as soon as something was done.
  private static func hasty() -> @Sendable () -> Int64 {
    let time = Locked<Int64>(0)
    return {
      time.withLock { time in
        time += 10_000_000
        return time
      }
    }
  }

  private func saved(_ name: String) throws -> [UInt64] {
    try SpanFile.read([UInt8](Data(contentsOf: URL(fileURLWithPath: path(name))))).spans.map(\.gtxid.low)
  }

  @Test(arguments: [true, false]) func allThatMatchesIsInTheFile(inSmallSlices: Bool) throws {
    let still: @Sendable () -> Int64 = { 0 }
    var saving = try self.saving("svc=pay", as: "pay.jsonl", now: inSmallSlices ? Self.hasty() : still)
    var slices = 0
    while try saving.goOn() {
      slices += 1
      #expect(names == ["pay.jsonl.part"])
    }
    #expect(inSmallSlices ? slices >= 50 : slices == 1)
    #expect(saving.outcome == .done("50 spans of 50 transactions saved as \(path("pay.jsonl"))"))
    #expect(try names == ["pay.jsonl"] && saved("pay.jsonl") == Array(stride(from: 100, to: 0, by: -2)))
  }

  @Test func ofWhatIsEvictedMeanwhileIsSaidThatItIsGone() throws {
    var saving = try self.saving("svc=pay", as: "pay.jsonl", now: Self.hasty())
    // They are found, and the newest of them is written.
    for _ in 0..<2 { _ = try saving.goOn() }
    let oldest = try #require(GTXID(high: 0, low: 2))
    for thousand in 1...1_000 as ClosedRange<UInt64> where !store.spans(of: oldest).isEmpty {
      fill(thousand * 1_000...thousand * 1_000 + 999)
    }
    while try saving.goOn() {}
    let left = try saved("pay.jsonl").count
    #expect(left < 50)
    let what = left == 1 ? "1 span of 1 transaction" : "\(left) spans of \(left) transactions"
    #expect(
      saving.outcome
        == .done("\(what) saved as \(path("pay.jsonl")); of \(50 - left) more nothing is kept any longer"))
  }

  @Test func whereNothingMatchesThereIsNoFile() throws {
    var saving = try self.saving("svc=nobody", as: "nobody.jsonl")
    let goesOn = try saving.goOn()
    #expect(!goesOn)
    #expect(saving.outcome == .refused("no transaction matches the filter, so there is nothing to save"))
    #expect(names.isEmpty)
  }

  @Test func whatIsGoneIsCountedInTheSentence() {
    let gone = SpanSaving.sentence(spans: 3_010, transactions: 1_204, gone: 1_012, name: "a")
    #expect(gone == "3,010 spans of 1,204 transactions saved as a; of 1,012 more nothing is kept any longer")
    #expect(!SpanSaving.sentence(spans: 1, transactions: 1, gone: 0, name: "a").contains("kept"))
  }

  @Test func aFileOfThatNameStays() throws {
    _ = try folder.file("pay.jsonl", "mine")
    #expect(throws: FileFault.isThere) { try saving("svc=pay", as: "pay.jsonl") }
    #expect(try String(contentsOfFile: path("pay.jsonl"), encoding: .utf8) == "mine")
    #expect(names == ["pay.jsonl"])
  }

  /// Time stands still, and so does the name that is made of it.
  @Test func aSecondSaveWithoutANameGetsAnother() throws {
    for name in ["at-140327.otlp.jsonl", "at-140327-2.otlp.jsonl", "at-140327-3.otlp.jsonl"] {
      var saving = try self.saving("svc=pay", as: "at-140327.otlp.jsonl", isMadeUp: true)
      #expect(saving.name == path(name))
      while try saving.goOn() {}
      #expect(saving.outcome == .done("50 spans of 50 transactions saved as \(path(name))"))
      #expect(try saved(name).count == 50)
    }
  }

  @Test func aFolderIsSaidToBeOne() {
    #expect(throws: FileFault.isFolder) { try saving("svc=pay", as: "") }
  }

  @Test func whatIsBrokenOffIsNotThere() throws {
    var saving = try self.saving("svc=pay", as: "pay.jsonl", now: Self.hasty())
    for _ in 0..<10 { _ = try saving.goOn() }
    #expect(names == ["pay.jsonl.part"])
    saving.abandon()
    #expect(names.isEmpty)
  }

  @Test func nowAndThenItSaysHowFarItIs() throws {
    let time = Locked<Int64>(0)
    var saving = try self.saving("svc=pay", as: "pay.jsonl") { time.withLock { $0 } }
    _ = try saving.goOn()
    #expect(saving.news() == nil)
    time.withLock { $0 = 2_000_000_000 }
    #expect(saving.news() == "\(path("pay.jsonl")): 50 transactions so far")
    #expect(saving.news() == nil)
    saving.abandon()
  }
}

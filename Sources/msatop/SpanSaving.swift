import Connectors
import Foundation
import Operations

/// Writes the spans of all transactions that are asked for into a file, a slice at a time, so that keys are answered.
struct SpanSaving {
  let name: String
  private(set) var transactions = 0
  private(set) var spans = 0
  private var export: TransactionExport
  private let file: FileHandle
  /// When something was last said of how far it is, on ``WallClock/monotonic``.
  private var saidAt = WallClock.monotonic

  /// About as long as a frame may wait.
  private static let slice: Int64 = 6_000_000
  private static let saysEach: Int64 = 2_000_000_000

  /// Makes the file; never in place of another.
  init(_ export: TransactionExport, as name: String) throws {
    let url = URL(fileURLWithPath: name)
    try Data().write(to: url, options: .withoutOverwriting)
    file = try FileHandle(forWritingTo: url)
    self.export = export
    self.name = name
  }

  /// Writes the next ones; false when there are no more, and the file is whole.
  mutating func goOn() throws -> Bool {
    let end = WallClock.monotonic + Self.slice
    guard let next = export.next(isOver: { WallClock.monotonic >= end }) else {
      try file.close()
      return false
    }
    transactions += next.count
    spans += next.reduce(0) { $0 + $1.count }
    try file.write(contentsOf: Data(OTLPJSONLines.text(of: next)))
    return true
  }

  /// How far it is, where that was not said for a while.
  mutating func news() -> String? {
    let now = WallClock.monotonic
    guard now - saidAt >= Self.saysEach else { return nil }
    saidAt = now
    return "\(name): \(Count.of(transactions, "transaction")) so far"
  }

  /// Part of what was asked for is worth nothing to who believes that it is all.
  func abandon() {
    try? file.close()
    try? FileManager.default.removeItem(atPath: name)
  }
}

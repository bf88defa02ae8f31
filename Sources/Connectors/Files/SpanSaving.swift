public import Operations

/// Writes the spans of all transactions that are asked for into a file, a slice at a time, so that keys are answered.
public struct SpanSaving: Sendable {
  private var export: TransactionExport
  private var file: NewFile
  private var transactions = 0
  private var spans = 0
  private let now: @Sendable () -> Int64
  /// When something was last said of how far it is.
  private var saidAt: Int64

  /// Nanoseconds: about as long as a frame may wait.
  private static let slice: Int64 = 6_000_000
  private static let saysEach: Int64 = 2_000_000_000

  /// Begins the file; never in place of another.
  ///
  /// - Parameters:
  ///   - isMadeUp: whether nobody has said the name, so that another one will do.
  ///   - now: nanoseconds of a clock that only goes forward.
  public init(
    _ export: TransactionExport, as name: String, isMadeUp: Bool, now: @escaping @Sendable () -> Int64
  ) throws(FileFault) {
    file = try NewFile(name, isMadeUp: isMadeUp)
    self.export = export
    self.now = now
    saidAt = now()
  }

  /// How the file is called, or will be.
  public var name: String { file.name }

  /// Writes the next ones; false when there are no more. Then the file is whole, or there is none, for want of any.
  public mutating func goOn() throws(FileFault) -> Bool {
    let now = now
    let end = now() + Self.slice
    if let next = export.next(isOver: { now() >= end }) {
      transactions += next.count
      spans += next.reduce(0) { $0 + $1.count }
      try file.write(OTLPJSONLines.text(of: next))
      return true
    }
    if transactions > 0 { try file.finish() } else { file.abandon() }
    return false
  }

  /// How far it is, where that was not said for a while.
  public mutating func news() -> String? {
    let time = now()
    guard time - saidAt >= Self.saysEach else { return nil }
    saidAt = time
    return "\(name): \(Count.of(transactions, "transaction")) so far"
  }

  /// What it came to, once there are no more.
  public var outcome: CommandOutcome {
    if transactions > 0 {
      return .done(Self.sentence(spans: spans, transactions: transactions, gone: export.gone, name: name))
    }
    return .refused(export.gone > 0 ? Self.nothingKept : Self.nothingMatches)
  }

  /// Part of what was asked for is worth nothing to who believes that it is all.
  public mutating func abandon() { file.abandon() }
}

// What is said of spans that were saved, all at once or slice by slice.
extension SpanSaving {
  private static let nothingMatches = "no transaction matches the filter, so there is nothing to save"
  public static let nothingKept = "the spans are no longer kept, so there is nothing to save"

  /// - Parameter gone: transactions of which there was nothing left to save.
  public static func sentence(spans: Int, transactions: Int, gone: Int, name: String) -> String {
    let what = Count.of(spans, "span") + " of " + Count.of(transactions, "transaction")
    let rest = gone > 0 ? "; of \(Count.grouped(gone)) more nothing is kept any longer" : ""
    return "\(what) saved as \(name)\(rest)"
  }
}

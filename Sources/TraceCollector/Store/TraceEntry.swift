internal import TraceModel

/// What is known of one transaction without looking at its spans, kept up as they come in.
struct TraceEntry: BitwiseCopyable, Sendable {
  struct Marks: OptionSet, BitwiseCopyable, Sendable {
    var rawValue: UInt16

    /// A span without a parent was reported.
    static let hasRoot = Marks(rawValue: 1)
    static let rootEnded = Marks(rawValue: 1 << 1)
    static let rootFailed = Marks(rawValue: 1 << 2)
    static let rootIsShared = Marks(rawValue: 1 << 3)
    /// The overall figures have this transaction already.
    static let isCounted = Marks(rawValue: 1 << 4)
    /// Lists and overall figures leave it out.
    static let isHidden = Marks(rawValue: 1 << 5)
    /// Failed or slow, and spared when its turn came.
    static let isKept = Marks(rawValue: 1 << 6)
    static let hasRootKey = Marks(rawValue: 1 << 7)
    /// Among the slowest of the operation that ``slowKey`` names.
    static let isSlow = Marks(rawValue: 1 << 8)
    /// That it failed is in the overall figures.
    static let isFailureCounted = Marks(rawValue: 1 << 10)
    /// The slot is in use.
    static let isHeld = Marks(rawValue: 1 << 9)
  }

  /// This entry, and what finds it.
  private static let overhead: UInt32 = 200

  var high: UInt64
  var low: UInt64
  var arrival: UInt64
  var start: Int64
  var end: Int64
  var lastArrival: Int64 = 0
  /// What ``TraceStoreState/changes`` stood at when something of it changed last.
  var changed: UInt64 = 0
  var firstErrorEnd: Int64 = .max
  var rootStart: Int64 = .max
  /// The span that came last; from there each one names the one before it.
  var newestSpan = SpanReference.none
  var root = SpanReference.none
  /// The failed span that ended first.
  var firstError = SpanReference.none
  var spans: UInt32 = 0
  var orphans: UInt32 = 0
  var errors: UInt32 = 0
  var consumerErrors: UInt32 = 0
  var crossings: UInt32 = 0
  var highestHop: UInt32 = 0
  /// Bytes that it and its spans have added.
  var weight = TraceEntry.overhead
  /// Service and operation of the root.
  var rootKey: UInt32 = 0
  var slowKey: UInt32 = 0
  var older: Int32 = -1
  var newer: Int32 = -1
  /// The others whose ids have the same low half; −1 for none.
  var previousSameLow: Int32 = -1
  var nextSameLow: Int32 = -1
  var marks: Marks = [.isHeld]

  init(high: UInt64, low: UInt64, start: Int64, end: Int64, arrival: UInt64) {
    self.high = high
    self.low = low
    self.start = start
    self.end = end
    self.arrival = arrival
  }

  var gtxid: GTXID {
    guard let id = GTXID(high: high, low: low) else { preconditionFailure("A trace is held that has no id.") }
    return id
  }

  /// True for those that are evicted last.
  var isWorthKeeping: Bool { errors > 0 || marks.contains(.isSlow) }
}

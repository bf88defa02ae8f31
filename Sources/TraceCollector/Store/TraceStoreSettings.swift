/// How much a store keeps.
public struct TraceStoreSettings: Sendable {
  /// Bytes that spans, their index and their names may take together. At least 64 KiB.
  public var budget: Int
  /// Of each root operation so many of the slowest transactions are evicted last.
  public var slowestKept = 4
  /// Spans of one transaction beyond this are dropped and counted; so are those beyond a quarter of the budget. Its root is
  /// taken all the same.
  public var spansPerTrace = 200_000
  /// Services that one summary lists.
  public var servicesPerTrace = 64
  /// Pairs of service and operation with figures of their own; what is beyond counts as operation `(other)`.
  public var operations = 2_000
  /// Services with figures of their own; what is beyond counts as service `(other)`.
  public var services = 1_000
  /// Instances with figures of their own; what is beyond has none.
  public var instances = 1_000
  /// Pairs of caller and callee that the service graph holds.
  public var edges = 4_000
  /// Kinds of transaction, by the root's attribute `transaction.kind`, that lists and overall figures leave out.
  public var hiddenKinds: [String] = []
  /// Nanoseconds after its last span for which a transaction without an ended root counts as running.
  public var quietAfter: Int64 = 30_000_000_000
  /// Parts of what is held that go one by one, oldest first: of more than a span's place can name the store would not know
  /// where they are.
  var segments = SegmentTable.most
  /// Whether spans are reported in batches, some time after they ended: figures then reach up to where nearly all have come.
  public var waitsForBatches = false
  /// Where names and ids stand in the tables that find them. No answer follows it.
  var hashes = TextHash.ofProcess

  public init(budget: Int) {
    self.budget = budget
  }
}

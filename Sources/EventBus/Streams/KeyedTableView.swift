/// A ``KeyedTable`` read as keys and values of a program's own types. It keeps nothing itself: each look decodes.
public struct KeyedTableView<Key: Sendable, Value: Sendable>: Sendable {
  public let table: KeyedTable
  private let encode: @Sendable (Key) -> [UInt8]
  private let decode: @Sendable (EventRecord) -> Value?

  /// - Parameters:
  ///   - encode: the bytes of a key, as the producers write them.
  ///   - decode: the value of a row; nil for one that cannot be read, which then counts as absent.
  public init(
    _ table: KeyedTable, encode: @escaping @Sendable (Key) -> [UInt8],
    decode: @escaping @Sendable (EventRecord) -> Value?
  ) {
    self.table = table
    self.encode = encode
    self.decode = decode
  }

  public subscript(key: Key) -> Value? { table[encode(key)].flatMap(decode) }

  /// The values of all rows that can be read, in the order of ``KeyedTable/rows``.
  public var values: [Value] { table.rows.compactMap { decode($0.record) } }
}

internal import GRDBSQLite

/// How the values of a row stand in the log: one after the other, each a byte that says its kind, then an integer in 8
/// bytes, a real in 8, or the length of a text or BLOB in 4 and its bytes. Numbers begin with their lowest byte.
enum RowImageCoding {
  private enum Kind {
    static let null: UInt8 = 0
    static let integer: UInt8 = 1
    static let real: UInt8 = 2
    static let text: UInt8 = 3
    static let blob: UInt8 = 4
  }

  /// Appends a value as SQLite hands it over.
  /// - Parameter isReal: whether its column makes whole numbers real ones.
  static func append(_ value: OpaquePointer, isReal: Bool, to bytes: inout [UInt8]) {
    switch sqlite3_value_type(value) {
    case SQLITE_INTEGER where isReal: append(real: Double(sqlite3_value_int64(value)), to: &bytes)
    case SQLITE_INTEGER:
      bytes.append(Kind.integer)
      append(UInt64(bitPattern: sqlite3_value_int64(value)), to: &bytes)
    case SQLITE_FLOAT: append(real: sqlite3_value_double(value), to: &bytes)
    case SQLITE_TEXT:
      // In this order: the count is that of the text once the text was asked for.
      let start = UnsafeRawPointer(sqlite3_value_text(value))
      append(Kind.text, start, Int(sqlite3_value_bytes(value)), to: &bytes)
    case SQLITE_BLOB:
      let start = sqlite3_value_blob(value)
      append(Kind.blob, start, Int(sqlite3_value_bytes(value)), to: &bytes)
    default: bytes.append(Kind.null)
    }
  }

  private static func append(real: Double, to bytes: inout [UInt8]) {
    bytes.append(Kind.real)
    append(real.bitPattern, to: &bytes)
  }

  private static func append(_ kind: UInt8, _ start: UnsafeRawPointer?, _ count: Int, to bytes: inout [UInt8]) {
    precondition(start != nil || count == 0, "there is no memory for a value of a captured row")
    bytes.append(kind)
    append(UInt32(count), to: &bytes)
    bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: count))
  }

  private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// The values of a row; nil when the bytes are no such row.
  static func values(_ bytes: [UInt8], count: Int) -> [ColumnValue]? {
    var reader = Reader(rest: bytes[...])
    var values: [ColumnValue] = []
    values.reserveCapacity(count)
    for _ in 0..<count {
      guard let value = reader.value() else { return nil }
      values.append(value)
    }
    return reader.rest.isEmpty ? values : nil
  }

  private struct Reader {
    var rest: ArraySlice<UInt8>

    mutating func value() -> ColumnValue? {
      switch rest.popFirst() {
      case Kind.null: .null
      case Kind.integer: number(UInt64.self).map { .integer(Int64(bitPattern: $0)) }
      case Kind.real: number(UInt64.self).map { .real(Double(bitPattern: $0)) }
      case Kind.text: sized().map { .text(String(decoding: $0, as: UTF8.self)) }
      case Kind.blob: sized().map { .blob(Array($0)) }
      default: nil
      }
    }

    private mutating func sized() -> ArraySlice<UInt8>? {
      guard let count = number(UInt32.self) else { return nil }
      return take(Int(count))
    }

    private mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
      take(MemoryLayout<Number>.size)?.reversed().reduce(0) { $0 << 8 | Number($1) }
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
      guard rest.count >= count else { return nil }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count)
    }
  }
}

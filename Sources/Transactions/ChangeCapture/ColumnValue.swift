internal import GRDBSQLite

/// One value of a row, of one of SQLite's five kinds, exactly as it is stored.
public enum ColumnValue: Hashable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case blob([UInt8])

  public var isNull: Bool { self == .null }

  /// The whole number; nil for another kind.
  public var integer: Int64? {
    guard case .integer(let value) = self else { return nil }
    return value
  }

  /// The number, also a whole one; nil for another kind.
  public var real: Double? {
    switch self {
    case .real(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }

  /// The text; nil for another kind.
  public var text: String? {
    guard case .text(let value) = self else { return nil }
    return value
  }

  /// The bytes; nil for another kind.
  public var blob: [UInt8]? {
    guard case .blob(let value) = self else { return nil }
    return value
  }
}

extension ColumnValue: CustomStringConvertible {
  /// As SQL writes it: `NULL`, `5`, `2.5`, `'it''s'`, `x'00ff'`.
  public var description: String {
    switch self {
    case .null: "NULL"
    case .integer(let value): "\(value)"
    case .real(let value): "\(value)"
    case .text(let value): "'\(value.replacing("'", with: "''"))'"
    case .blob(let value): "x'\(value.map(Self.digits).joined())'"
    }
  }

  private static func digits(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return byte < 16 ? "0\(digits)" : digits
  }
}

extension ColumnValue: Bindable {
  public func bind(to statement: OpaquePointer, at place: CInt) -> CInt {
    switch self {
    case .null: sqlite3_bind_null(statement, place)
    case .integer(let value): value.bind(to: statement, at: place)
    case .real(let value): sqlite3_bind_double(statement, place, value)
    case .text(let value): value.bind(to: statement, at: place)
    case .blob(let value): value.bind(to: statement, at: place)
    }
  }
}

internal import GRDBSQLite

/// What stands in a statement in place of its question marks, in their order: `[order.id, "PAID", nil]`.
public struct Bindings: ExpressibleByArrayLiteral {
  private let values: [(any Bindable)?]

  public init(arrayLiteral values: (any Bindable)?...) {
    self.values = values
  }

  public init(_ values: [(any Bindable)?]) {
    self.values = values
  }

  /// - Returns: SQLite's result code: of the first value that it does not take, such as a text that is too large.
  func bind(to statement: OpaquePointer) -> CInt {
    let places = Int(sqlite3_bind_parameter_count(statement))
    precondition(places == values.count, "the statement has \(places) question marks, but \(values.count) values came")
    for (index, value) in values.enumerated() {
      let place = CInt(index + 1)
      let code = value?.bind(to: statement, at: place) ?? sqlite3_bind_null(statement, place)
      guard code == SQLITE_OK else { return code }
    }
    return SQLITE_OK
  }
}

/// What can stand in a statement. SQLite copies it.
public protocol Bindable {
  /// - Parameter place: counted from 1.
  /// - Returns: SQLite's result code.
  func bind(to statement: OpaquePointer, at place: CInt) -> CInt
}

extension Int64: Bindable {
  public func bind(to statement: OpaquePointer, at place: CInt) -> CInt {
    sqlite3_bind_int64(statement, place, self)
  }
}

extension Int: Bindable {
  public func bind(to statement: OpaquePointer, at place: CInt) -> CInt {
    sqlite3_bind_int64(statement, place, Int64(self))
  }
}

extension Bool: Bindable {
  public func bind(to statement: OpaquePointer, at place: CInt) -> CInt {
    sqlite3_bind_int64(statement, place, self ? 1 : 0)
  }
}

extension String: Bindable {
  public func bind(to statement: OpaquePointer, at place: CInt) -> CInt {
    var text = self
    return text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { characters in
        // An empty text has no address, which SQLite would take for NULL.
        characters.baseAddress.map { sqlite3_bind_text(statement, place, $0, CInt(characters.count), copied) }
          ?? sqlite3_bind_text(statement, place, "", 0, copied)
      }
    }
  }
}

extension [UInt8]: Bindable {
  public func bind(to statement: OpaquePointer, at place: CInt) -> CInt {
    withUnsafeBytes { bytes in
      bytes.baseAddress.map { sqlite3_bind_blob(statement, place, $0, CInt(bytes.count), copied) }
        ?? sqlite3_bind_zeroblob(statement, place, 0)
    }
  }
}

/// SQLITE_TRANSIENT, a macro that Swift does not import: what is bound goes away at once, so SQLite has to copy it.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

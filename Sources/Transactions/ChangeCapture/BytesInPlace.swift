internal import GRDBSQLite

/// Bytes that stay where they are until the statement has run: bound without a copy of our own.
struct BytesInPlace: Bindable {
  let bytes: UnsafeRawBufferPointer

  func bind(to statement: OpaquePointer, at place: CInt) -> CInt {
    bytes.baseAddress.map { sqlite3_bind_blob(statement, place, $0, CInt(bytes.count), nil) }
      ?? sqlite3_bind_zeroblob(statement, place, 0)
  }
}

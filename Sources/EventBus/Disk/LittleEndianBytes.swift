/// Numbers one behind the other, as the small files and records of the log have them.
struct LittleEndianWriter {
  private(set) var all: [UInt8] = []

  mutating func put<Number: FixedWidthInteger>(_ number: Number) {
    withUnsafeBytes(of: number.littleEndian) { all.append(contentsOf: $0) }
  }
}

/// Reads them again; nil where the bytes end.
struct LittleEndianReader {
  let bytes: [UInt8]
  private var place = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func next<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
    let size = Number.bitWidth / 8
    guard place + size <= bytes.count else { return nil }
    defer { place += size }
    return bytes.withUnsafeBytes { $0.number(type, at: place) }
  }

  mutating func numbers(_ count: Int) -> [Int64]? {
    var numbers: [Int64] = []
    for _ in 0..<count {
      guard let number = next(Int64.self) else { return nil }
      numbers.append(number)
    }
    return numbers
  }

  /// A count, and so many rows of `width` numbers.
  mutating func rows(of width: Int) -> [[Int64]]? {
    guard let count = next(Int64.self), count >= 0, count <= Int64(bytes.count) else { return nil }
    var rows: [[Int64]] = []
    rows.reserveCapacity(Int(count))
    for _ in 0..<count {
      guard let row = numbers(width) else { return nil }
      rows.append(row)
    }
    return rows
  }
}

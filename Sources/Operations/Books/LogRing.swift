/// Lines in the order in which they came, the oldest of which can be taken away: a ring that grows with what it holds.
struct LogRing {
  private(set) var count = 0
  /// Bytes that the lines take, with all that belongs to them.
  private(set) var bytes = 0
  /// Nil where no line stands.
  private var slots: [LogLine?] = []
  /// Where the oldest line stands.
  private var start = 0

  /// - Parameter place: from 0, the oldest, to below ``count``.
  subscript(place: Int) -> LogLine {
    guard let line = slots[(start + place) % slots.count] else { preconditionFailure("There is no line at \(place).") }
    return line
  }

  mutating func append(_ line: LogLine) {
    if count == slots.count { grow() }
    slots[(start + count) % slots.count] = line
    count += 1
    bytes += Self.bytes(of: line)
  }

  /// Takes the oldest line away; there must be one.
  mutating func removeFirst() {
    bytes -= Self.bytes(of: self[0])
    slots[start] = nil
    start = (start + 1) % slots.count
    count -= 1
  }

  private mutating func grow() {
    var larger: [LogLine?] = []
    larger.reserveCapacity(max(16, 2 * count))
    larger.append(contentsOf: slots[start...])
    larger.append(contentsOf: slots[..<start])
    larger.append(contentsOf: repeatElement(nil, count: max(16, count)))
    slots = larger
    start = 0
  }

  static func bytes(of line: LogLine) -> Int {
    MemoryLayout<LogLine?>.stride + heap(line.service) + heap(line.instance) + heap(line.message)
  }

  /// Short texts lie in their own 16 bytes; others have a head and a place of their own.
  private static func heap(_ text: String) -> Int {
    let count = text.utf8.count
    return count > 15 ? count + 32 : 0
  }
}

/// Lines in the order in which they came, the newest, as many as two bounds let it keep: a ring that grows and shrinks with
/// what it holds.
struct LogRing {
  private(set) var count = 0
  /// Bytes that the ring takes: its places, those in which no line stands too, and the texts of the lines.
  var bytes: Int { slots.count * Self.stride + texts }
  /// Nil where no line stands.
  private(set) var slots: [LogLine?] = []
  /// Where the oldest line stands.
  private var start = 0
  /// Bytes of the lines' texts.
  private var texts = 0
  private let capacity: Int
  private let limit: Int

  static let stride = MemoryLayout<LogLine?>.stride
  private static let leastSlots = 16

  /// - Parameters:
  ///   - capacity: lines, at least 1.
  ///   - limit: bytes. One line is kept, however long it is, with the few places that the smallest ring has.
  init(capacity: Int, limit: Int) {
    self.capacity = capacity
    self.limit = limit
  }

  /// - Parameter place: from 0, the oldest, to below ``count``.
  subscript(place: Int) -> LogLine {
    guard let line = slots[(start + place) % slots.count] else { preconditionFailure("There is no line at \(place).") }
    return line
  }

  /// Adds a line behind the newest. The oldest ones go, until it has room.
  mutating func append(_ line: LogLine) {
    let length = Self.texts(of: line)
    if count == capacity { removeFirst() }
    while count > 0, bytes + length > limit { removeFirst() }
    if count == slots.count {
      let room = room(besides: length)
      if room > count { move(toSlots: room) } else { removeFirst() }
    }
    slots[(start + count) % slots.count] = line
    count += 1
    texts += length
  }

  /// Takes the oldest line away; there must be one. A ring that is mostly empty gives back half of its places.
  private mutating func removeFirst() {
    texts -= Self.texts(of: self[0])
    slots[start] = nil
    start = (start + 1) % slots.count
    count -= 1
    let half = max(Self.leastSlots, slots.count / 2)
    if count <= slots.count / 4, half < slots.count { move(toSlots: half) }
  }

  /// How many places a full ring may have from now on, beside so many bytes of texts more: twice as many, or what is left
  /// of the bounds. As many as now where that is hardly more: moving all lines for a few places would take longer than it is
  /// worth.
  private func room(besides length: Int) -> Int {
    let left = max(0, limit - bytes - length) / Self.stride
    let most = min(capacity, max(Self.leastSlots, count + min(count, left)))
    return most == capacity || most - count > count / 8 ? most : count
  }

  private mutating func move(toSlots room: Int) {
    var moved: [LogLine?] = []
    moved.reserveCapacity(room)
    for place in 0..<count { moved.append(self[place]) }
    moved.append(contentsOf: repeatElement(nil, count: room - count))
    slots = moved
    start = 0
  }

  private static func texts(of line: LogLine) -> Int { heap(line.service) + heap(line.instance) + heap(line.message) }

  /// Short texts lie in their own 16 bytes; others have a head and a place of their own.
  private static func heap(_ text: String) -> Int {
    let count = text.utf8.count
    return count > 15 ? count + 32 : 0
  }
}

internal import Crypto
internal import Foundation
internal import TraceModel

/// One canonical line for each thing that happened, and the SHA-256 over all of them: what two runs are compared by.
///
/// A line is words between single blanks, ended by a line feed. Its second word is the virtual time in nanoseconds since
/// the start. Within a word, blanks, control characters and backslashes are written `\xHH`. The file, when one is
/// wanted, holds exactly the bytes that were hashed.
final class EventJournal: @unchecked Sendable {
  private var hash = SHA256()
  private var words = Words(capacity: 1 << 17)
  private let file: FileHandle?
  private(set) var lines: UInt64 = 0
  /// Why the file ends before the journal does; nil when it has everything.
  private(set) var fileError: (any Error)?

  init(file: FileHandle? = nil) {
    self.file = file
  }

  /// Writes one line: `kind`, the time, and what `body` adds, which must not write another one.
  func line(_ kind: StaticString, at elapsed: Int64, _ body: (inout Words) -> Void) {
    words.start(kind)
    words.add(elapsed)
    body(&words)
    words.end()
    lines += 1
    if words.count >= 1 << 16 { flush() }
  }

  /// The digest of all lines so far, in hexadecimal.
  func digest() -> String {
    flush()
    let finished = hash
    return finished.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private func flush() {
    guard words.count > 0 else { return }
    hash.update(bufferPointer: words.bytes)
    if let file, fileError == nil {
      do { try file.write(contentsOf: Data(words.bytes)) } catch { fileError = error }
    }
    words.removeAll()
  }
}

/// The words of the lines that are not hashed yet.
///
/// Some twenty lines are written for each transaction, so the bytes go straight to their place: room is made once for
/// each word, and a digit is a store.
struct Words: ~Copyable {
  private var start: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  fileprivate private(set) var count = 0

  fileprivate init(capacity: Int) {
    self.capacity = capacity
    start = .allocate(capacity: capacity)
  }

  deinit { start.deallocate() }

  fileprivate var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

  fileprivate mutating func removeAll() { count = 0 }

  /// The place of the next byte, with room for `more` from there on.
  @inline(__always)
  private mutating func room(_ more: Int) -> UnsafeMutablePointer<UInt8> {
    if count + more > capacity { grow(by: more) }
    return start + count
  }

  private mutating func grow(by more: Int) {
    let larger = max(2 * capacity, count + more)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    moved.moveInitialize(from: start, count: count)
    start.deallocate()
    (start, capacity) = (moved, larger)
  }

  private mutating func put(_ byte: UInt8) {
    room(1).pointee = byte
    count += 1
  }

  // MARK: Lines

  fileprivate mutating func start(_ kind: StaticString) {
    kind.withUTF8Buffer { escaped($0) }
  }

  fileprivate mutating func end() { put(UInt8(ascii: "\n")) }

  // MARK: Words

  mutating func add(_ text: String) {
    put(UInt8(ascii: " "))
    escaped(text)
  }

  mutating func add(_ payload: [UInt8]) {
    put(UInt8(ascii: " "))
    payload.withUnsafeBufferPointer { escaped($0) }
  }

  /// A word of two parts: `name=value`, say.
  mutating func add(_ left: String, _ separator: UInt8, _ right: String) {
    add(left)
    put(separator)
    escaped(right)
  }

  /// A word of two parts: `name=value`, say.
  mutating func add(_ left: String, _ separator: UInt8, _ right: Int64) {
    add(left)
    put(separator)
    digits(right)
  }

  mutating func add(_ number: Int64) {
    put(UInt8(ascii: " "))
    digits(number)
  }

  mutating func add(_ number: Int) { add(Int64(number)) }

  mutating func add(_ id: GTXID) {
    put(UInt8(ascii: " "))
    hexadecimal(id.high)
    hexadecimal(id.low)
  }

  mutating func add(_ id: SpanID?) {
    guard let id else { return add("-") }
    put(UInt8(ascii: " "))
    hexadecimal(id.value)
  }

  // MARK: Their parts

  private mutating func digits(_ number: Int64) {
    if number < 0 { put(UInt8(ascii: "-")) }
    var length = 1
    var rest = number.magnitude
    while rest >= 10 {
      rest /= 10
      length += 1
    }
    let place = room(length)
    rest = number.magnitude
    for index in stride(from: length - 1, through: 0, by: -1) {
      place[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    count += length
  }

  private mutating func hexadecimal(_ value: UInt64) {
    Hexadecimal.write(value, to: UnsafeMutableRawPointer(room(16)))
    count += 16
  }

  private mutating func escaped(_ text: String) {
    var text = text
    text.withUTF8 { escaped($0) }
  }

  /// Most words need no escape, and are added in one go.
  private mutating func escaped(_ word: UnsafeBufferPointer<UInt8>) {
    guard let source = word.baseAddress else { return }
    let needsEscapes = word.reduce(false) { $0 || Self.needsEscape($1) }
    if needsEscapes {
      for byte in word { escaped(byte) }
    } else {
      room(word.count).update(from: source, count: word.count)
      count += word.count
    }
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == 0x7F || byte == UInt8(ascii: "\\")
  }

  private mutating func escaped(_ byte: UInt8) {
    guard Self.needsEscape(byte) else { return put(byte) }
    put(UInt8(ascii: "\\"))
    put(UInt8(ascii: "x"))
    for digit in [byte >> 4, byte & 0xF] {
      put(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10)
    }
  }
}

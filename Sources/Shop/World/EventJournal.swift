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
  private var buffer: [UInt8] = []
  private let file: FileHandle?
  private(set) var lines: UInt64 = 0
  /// Why the file ends before the journal does; nil when it has everything.
  private(set) var fileError: (any Error)?

  init(file: FileHandle? = nil) {
    self.file = file
    buffer.reserveCapacity(1 << 17)
  }

  /// Writes one line: `kind`, the time, and what `body` adds.
  func line(_ kind: StaticString, at elapsed: Int64, _ body: (inout Words) -> Void) {
    var words = Words(bytes: buffer)
    buffer = []  // so that the words hold the only reference
    words.start(kind)
    words.add(elapsed)
    body(&words)
    words.end()
    buffer = words.bytes
    lines += 1
    if buffer.count >= 1 << 16 { flush() }
  }

  /// The digest of all lines so far, in hexadecimal.
  func digest() -> String {
    flush()
    let finished = hash
    return finished.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private func flush() {
    guard !buffer.isEmpty else { return }
    hash.update(data: buffer)
    if let file, fileError == nil {
      do { try file.write(contentsOf: Data(buffer)) } catch { fileError = error }
    }
    buffer.removeAll(keepingCapacity: true)
  }
}

/// The words of one line.
struct Words {
  fileprivate var bytes: [UInt8]

  fileprivate mutating func start(_ kind: StaticString) {
    kind.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  fileprivate mutating func end() {
    bytes.append(UInt8(ascii: "\n"))
  }

  mutating func add(_ text: String) {
    bytes.append(UInt8(ascii: " "))
    var text = text
    text.withUTF8 { append($0) }
  }

  mutating func add(_ payload: [UInt8]) {
    bytes.append(UInt8(ascii: " "))
    payload.withUnsafeBufferPointer { append($0) }
  }

  /// A word of two parts: `name=value`, say.
  mutating func add(_ left: String, _ separator: UInt8, _ right: String) {
    add(left)
    append(separator)
    var right = right
    right.withUTF8 { append($0) }
  }

  /// A word of two parts: `name=value`, say.
  mutating func add(_ left: String, _ separator: UInt8, _ right: Int64) {
    add(left)
    append(separator)
    digits(right)
  }

  mutating func add(_ number: Int64) {
    bytes.append(UInt8(ascii: " "))
    digits(number)
  }

  private mutating func digits(_ number: Int64) {
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    // From the last digit to the first, then all at once.
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var rest = number.magnitude
      var start = digits.count
      repeat {
        start -= 1
        digits.initializeElement(at: start, to: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
        rest /= 10
      } while rest > 0
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
    }
  }

  mutating func add(_ number: Int) { add(Int64(number)) }

  mutating func add(_ id: GTXID) {
    bytes.append(UInt8(ascii: " "))
    hexadecimal(id.high)
    hexadecimal(id.low)
  }

  mutating func add(_ id: SpanID?) {
    guard let id else { return add("-") }
    bytes.append(UInt8(ascii: " "))
    hexadecimal(id.value)
  }

  private mutating func hexadecimal(_ value: UInt64) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { digits in
      var rest = value
      for place in 0..<16 {
        rest = rest << 4 | rest >> 60
        let digit = UInt8(truncatingIfNeeded: rest & 0xF)
        digits.initializeElement(
          at: place, to: digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
      }
      bytes.append(contentsOf: UnsafeBufferPointer(digits))
    }
  }

  /// Most words need no escape, and are added in one go.
  private mutating func append(_ word: UnsafeBufferPointer<UInt8>) {
    if word.contains(where: Self.needsEscape) {
      for byte in word { append(byte) }
    } else {
      bytes.append(contentsOf: word)
    }
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == 0x7F || byte == UInt8(ascii: "\\")
  }

  private mutating func append(_ byte: UInt8) {
    guard Self.needsEscape(byte) else { return bytes.append(byte) }
    bytes.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "x")])
    for digit in [byte >> 4, byte & 0xF] {
      bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10)
    }
  }
}

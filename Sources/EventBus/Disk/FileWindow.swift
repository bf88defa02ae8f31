/// A file seen through a piece of memory that moves along it, with what is not written yet behind the file's end.
final class FileWindow {
  enum Found {
    /// It holds until the next call.
    case batch(BatchHeader, UnsafeRawBufferPointer)
    /// Something stands there that is no whole batch.
    case broken
    case end
  }

  private let file: File?
  /// Bytes of the file; the unwritten ones follow.
  private let written: Int64
  private let unwritten: [UInt8]
  /// Where batches end.
  let end: Int64
  private let chunk: Int
  private let salt: UInt32
  private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 16)
  private var start: Int64 = 0
  private var filled = 0

  /// - Parameter chunk: so much is read at once, or more where a batch is larger.
  init(_ file: File?, written: Int64, unwritten: [UInt8] = [], salt: UInt32, chunk: Int = 256 << 10) {
    self.file = file
    self.written = written
    self.unwritten = unwritten
    self.chunk = chunk
    self.salt = salt
    end = written + Int64(unwritten.count)
  }

  deinit { buffer.deallocate() }

  /// `count` bytes from `position` on, or as many as there are.
  func bytes(at position: Int64, count: Int) throws(BusError) -> UnsafeRawBufferPointer {
    let wanted = Int(min(Int64(count), end - position))
    if position < start || position + Int64(wanted) > start + Int64(filled) {
      try fill(from: position, count: Int(min(Int64(max(chunk, wanted)), end - position)))
    }
    let place = Int(position - start)
    return UnsafeRawBufferPointer(rebasing: buffer[place..<min(place + max(wanted, 0), filled)])
  }

  private func fill(from position: Int64, count: Int) throws(BusError) {
    if buffer.count < count {
      buffer.deallocate()
      buffer = .allocate(byteCount: count, alignment: 16)
    }
    (start, filled) = (position, 0)
    let inFile = Int(max(0, min(Int64(count), written - position)))
    if inFile > 0, let file {
      filled = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<inFile]), at: position)
      // Shorter than it was: nothing behind it can stand where it should.
      if filled < inFile { return }
    }
    let rest = count - inFile
    guard rest > 0 else { return }
    let from = Int(position + Int64(inFile) - written)
    unwritten.withUnsafeBytes { raw in
      UnsafeMutableRawBufferPointer(rebasing: buffer[inFile..<count])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: raw[from..<from + rest]))
    }
    filled = count
  }

  /// The header at `position`; its checksum is not looked at.
  func header(at position: Int64) throws(BusError) -> BatchHeader? {
    BatchHeader(try bytes(at: position, count: BatchHeader.size))
  }

  /// What begins at `position`.
  func batch(at position: Int64) throws(BusError) -> Found {
    guard position < end else { return .end }
    guard let header = try header(at: position), position + Int64(header.bytes) <= end else { return .broken }
    let raw = try bytes(at: position, count: header.bytes)
    guard let whole = BatchHeader.whole(raw, salt: salt) else { return .broken }
    return .batch(whole, raw)
  }

  /// The first whole batch behind `position` whose offsets lie in `offsets`.
  func nextBatch(
    after position: Int64, in offsets: Range<Int64>
  ) throws(BusError) -> (header: BatchHeader, position: Int64)? {
    var place = position + 1
    while place < end {
      let raw = try ahead(of: place)
      guard raw.count >= BatchHeader.size else { return nil }
      guard let step = Self.firstMark(in: raw) else {
        place += Int64(raw.count - 3)
        continue
      }
      place += Int64(step)
      if case .batch(let header, _) = try batch(at: place), offsets.contains(header.baseOffset),
        header.endOffset <= offsets.upperBound
      {
        return (header, place)
      }
      place += 1
    }
    return nil
  }

  /// What it holds from `position` on, a header's worth at least: it moves only when that is not there.
  private func ahead(of position: Int64) throws(BusError) -> UnsafeRawBufferPointer {
    let header = try bytes(at: position, count: BatchHeader.size)
    return header.count < BatchHeader.size
      ? header : UnsafeRawBufferPointer(rebasing: buffer[Int(position - start)..<filled])
  }

  private static func firstMark(in raw: UnsafeRawBufferPointer) -> Int? {
    var place = 0
    while place + 4 <= raw.count {
      if raw[place] == UInt8(truncatingIfNeeded: BatchHeader.magic),
        raw.number(UInt32.self, at: place) == BatchHeader.magic
      {
        return place
      }
      place += 1
    }
    return nil
  }
}

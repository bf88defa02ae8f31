extension SeededGenerator {
  /// What may become of bytes on their way, or in the hands of somebody who means ill: up to five times a byte or a bit of
  /// them is another, some are missing, come twice or are the last, or one of `pieces` is put between them.
  ///
  /// - Parameters:
  ///   - bytes: at least one; so are those that are returned.
  ///   - pieces: what means something to whoever reads the bytes; at least one.
  public mutating func damaged(_ bytes: [UInt8], pieces: [String]) -> [UInt8] {
    var bytes = bytes
    for _ in 0...below(4) {
      let place = below(bytes.count)
      switch below(6) {
      case 0: bytes[place] = UInt8(below(256))
      case 1: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(12)))
      case 2: bytes.insert(contentsOf: Array(pick(pieces).utf8), at: place)
      case 3: bytes.removeSubrange(place...)
      case 4:
        let end = min(bytes.count, place + 1 + below(40))
        bytes.insert(contentsOf: bytes[place..<end], at: below(bytes.count))
      default: bytes[place] ^= 1 << UInt8(below(8))
      }
      if bytes.isEmpty { bytes = [0x5B] }
    }
    return bytes
  }
}

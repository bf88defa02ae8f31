internal import CChecksum

/// The first offset that can be read, where that is not the beginning of a segment.
enum StartFile {
  static func write(_ offset: Int64, in directory: String) throws(BusError) {
    var bytes = LittleEndianWriter()
    bytes.put(offset)
    bytes.put(bytes.all.withUnsafeBytes { checksum_crc32c(0, $0.baseAddress!, $0.count) })
    try Directory.create(directory)
    try Directory.replace(directory + "/start", with: bytes.all)
  }

  /// Nil when there is no such file.
  static func read(in directory: String) throws(BusError) -> Int64? {
    let path = directory + "/start"
    guard Directory.exists(path) else { return nil }
    let bytes = try File(path, .read).read(12, at: 0)
    let isWhole = bytes.withUnsafeBytes { raw in
      raw.count == 12 && checksum_crc32c(0, raw.baseAddress!, 8) == raw.number(UInt32.self, at: 8)
    }
    guard isWhole else {
      throw .unreadable(path: path, reason: "its checksum is wrong; without it deleted records would come back")
    }
    return bytes.withUnsafeBytes { $0.number(Int64.self, at: 0) }
  }
}

internal import CChecksum

/// What was known of producers at the end of the segments that were removed: the footers that said so are gone with them.
enum ProducersFile {
  static func write(_ producers: [ProducerState], in directory: String) throws(BusError) {
    var bytes = LittleEndianWriter()
    bytes.put(Int64(producers.count))
    for producer in producers { producer.write(to: &bytes) }
    bytes.put(bytes.all.withUnsafeBytes { checksum_crc32c(0, $0.baseAddress!, $0.count) })
    try Directory.replace(directory + "/producers", with: bytes.all)
  }

  /// Nothing when there is no such file.
  static func read(in directory: String) throws(BusError) -> [ProducerState] {
    let path = directory + "/producers"
    guard Directory.exists(path) else { return [] }
    let file = try File(path, .read)
    let bytes = try file.read(Int(min(file.size(), 1 << 30)), at: 0)
    let isWhole = bytes.withUnsafeBytes { raw in
      raw.count >= 12
        && checksum_crc32c(0, raw.baseAddress!, raw.count - 4) == raw.number(UInt32.self, at: raw.count - 4)
    }
    var reader = LittleEndianReader(bytes: bytes)
    guard isWhole, let count = reader.next(Int64.self) else {
      throw .unreadable(path: path, reason: "its checksum is wrong; without it records that are sent again come twice")
    }
    var producers: [ProducerState] = []
    for _ in 0..<max(0, count) {
      guard let producer = ProducerState(&reader) else { break }
      producers.append(producer)
    }
    return producers
  }
}

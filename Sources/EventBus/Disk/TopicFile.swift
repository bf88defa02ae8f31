internal import CChecksum

/// A topic's name and settings as lines of text, so that people can read them; the last line is a checksum.
struct TopicFile: Equatable {
  let name: String
  let isInternal: Bool
  let settings: TopicSettings

  var bytes: [UInt8] {
    var lines = ["name \(Self.escaped(name))", "internal \(isInternal ? 1 : 0)"]
    lines += [
      "partitions \(settings.partitions)",
      "retention-age \(settings.retentionAge.map(String.init) ?? "none")",
      "retention-bytes \(settings.retentionBytes.map(String.init) ?? "none")",
      "segment-bytes \(settings.segmentBytes)",
      "segment-age \(settings.segmentAge)",
      "maximum-record-bytes \(settings.maximumRecordBytes)",
      "cleanup \(settings.cleanup.rawValue)",
      "delete-retention \(settings.deleteRetention)",
    ]
    let text = lines.map { $0 + "\n" }.joined()
    return Array("\(text)crc32c \(Self.checksum(Array(text.utf8)))\n".utf8)
  }

  init(name: String, isInternal: Bool, settings: TopicSettings) {
    self.name = name
    self.isInternal = isInternal
    self.settings = settings
  }

  init(_ bytes: [UInt8], path: String) throws(BusError) {
    let text = String(decoding: bytes, as: UTF8.self)
    var values: [Substring: Substring] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
      if words.count == 2 { values[words[0]] = words[1] }
    }
    let covered = text.utf8.count - (values["crc32c"].map { $0.utf8.count + 8 } ?? 0)
    guard values["crc32c"].map(String.init) == String(Self.checksum(Array(text.utf8.prefix(max(0, covered))))) else {
      throw .unreadable(path: path, reason: "its checksum is wrong")
    }
    func number(_ key: Substring) throws(BusError) -> Int64 {
      guard let number = values[key].flatMap({ Int64($0) }) else {
        throw .unreadable(path: path, reason: "it has no number \"\(key)\"")
      }
      return number
    }
    guard let name = values["name"].flatMap({ Self.unescaped($0) }),
      let cleanup = values["cleanup"].flatMap({ TopicSettings.Cleanup(rawValue: String($0)) })
    else { throw .unreadable(path: path, reason: "it has no name, or no cleanup that is known") }
    self.name = name
    isInternal = try number("internal") == 1
    settings = TopicSettings(
      partitions: Int(try number("partitions")),
      retentionAge: values["retention-age"] == "none" ? nil : try number("retention-age"),
      retentionBytes: values["retention-bytes"] == "none" ? nil : Int(try number("retention-bytes")),
      segmentBytes: Int(try number("segment-bytes")), segmentAge: try number("segment-age"),
      maximumRecordBytes: Int(try number("maximum-record-bytes")), cleanup: cleanup,
      deleteRetention: try number("delete-retention"))
    try settings.validate(topic: name)
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBytes { $0.isEmpty ? 0 : checksum_crc32c(0, $0.baseAddress!, $0.count) }
  }

  /// Bytes outside of printable ASCII, spaces and percent signs as `%2F`.
  private static func escaped(_ name: String) -> String {
    name.utf8.map { byte in
      if (0x21...0x7E).contains(byte), byte != UInt8(ascii: "%") { return String(UnicodeScalar(byte)) }
      let digits = String(byte, radix: 16, uppercase: true)
      return (digits.utf8.count < 2 ? "%0" : "%") + digits
    }.joined()
  }

  private static func unescaped(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }
}

/// What stands in the changelog of a join: the records that it holds, one each, and how far it has come.
///
/// Like the changelogs of Kafka Streams' window stores the key of a held record is made of its side, its time and a
/// number that tells equal ones apart, here its offset; so a change writes one record and no other. Numbers are
/// big-endian. The first byte of a key is 0 for the progress, 1 for the left and 2 for the right side.
enum JoinStateRecord: Hashable {
  case progress(JoinProgress)
  case entry(JoinEntry, JoinEntry.Needs)

  func record(partition: Int) -> ProducerRecord {
    switch self {
    case .progress(let progress):
      ProducerRecord(key: JoinProgress.key, value: progress.bytes, partition: partition)
    case .entry(let entry, let needs):
      ProducerRecord(key: entry.stateKey, value: entry.bytes(needs), partition: partition)
    }
  }

  /// Nil for a record that is no state of a join.
  init?(_ record: EventRecord) {
    guard let key = record.key else { return nil }
    if key == JoinProgress.key {
      guard let progress = JoinProgress(record.value) else { return nil }
      self = .progress(progress)
    } else {
      guard let (entry, needs) = JoinEntry.decode(key: key, value: record.value) else { return nil }
      self = .entry(entry, needs)
    }
  }
}

/// How far a join has come in one partition. Times are nanoseconds.
struct JoinProgress: Hashable {
  static let key: [UInt8] = [0]

  var streamTime: Int64?
  /// The largest timestamp of each side; `.min` before its first record.
  var newestLeft: Int64
  var newestRight: Int64
  /// The next record of each side: what the group committed along with this.
  var leftOffset: Int64
  var rightOffset: Int64
}

extension JoinProgress {
  fileprivate var bytes: [UInt8] {
    var bytes: [UInt8] = []
    for number in [streamTime ?? .min, newestLeft, newestRight, leftOffset, rightOffset] {
      bytes.appendBigEndian(number)
    }
    return bytes
  }

  fileprivate init?(_ bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    guard let time = reader.read(Int64.self), let newestLeft = reader.read(Int64.self),
      let newestRight = reader.read(Int64.self), let leftOffset = reader.read(Int64.self),
      let rightOffset = reader.read(Int64.self), reader.readRest().isEmpty
    else { return nil }
    self.init(
      streamTime: time == .min ? nil : time, newestLeft: newestLeft, newestRight: newestRight,
      leftOffset: leftOffset, rightOffset: rightOffset)
  }
}

/// A record that a join holds.
struct JoinEntry: Hashable {
  enum Side: UInt8 {
    case left = 1
    case right = 2
  }

  /// What it is held for; with neither it is not held.
  struct Needs: OptionSet, Hashable {
    let rawValue: UInt8

    /// Partners may come.
    static let partners = Needs(rawValue: 1)
    /// It comes out alone if none comes.
    static let result = Needs(rawValue: 2)
  }

  let side: Side
  let key: [UInt8]
  let input: JoinInput
}

extension JoinEntry {
  var stateKey: [UInt8] {
    var bytes = [side.rawValue]
    bytes.reserveCapacity(17 + key.count)
    bytes.appendBigEndian(input.timestamp)
    bytes.appendBigEndian(input.offset)
    return bytes + key
  }

  fileprivate func bytes(_ needs: Needs) -> [UInt8] {
    var bytes = [needs.rawValue]
    bytes.appendBigEndian(Int32(truncatingIfNeeded: input.headers.count))
    for header in input.headers {
      bytes.appendBytes(header.name.utf8)
      bytes.appendBytes(header.value)
    }
    return bytes + input.value
  }

  fileprivate static func decode(key: [UInt8], value: [UInt8]) -> (JoinEntry, Needs)? {
    var keyReader = ByteReader(key)
    var reader = ByteReader(value)
    guard let side = keyReader.read(UInt8.self).flatMap(Side.init), let timestamp = keyReader.read(Int64.self),
      let offset = keyReader.read(Int64.self), let needs = reader.read(UInt8.self), (1...3).contains(needs),
      let count = reader.read(Int32.self), count >= 0
    else { return nil }
    var headers: [RecordHeader] = []
    for _ in 0..<count {
      guard let name = reader.readBytes(), let value = reader.readBytes() else { return nil }
      headers.append(RecordHeader(name: String(decoding: name, as: UTF8.self), value: value))
    }
    let input = JoinInput(offset: offset, timestamp: timestamp, value: reader.readRest(), headers: headers)
    return (JoinEntry(side: side, key: keyReader.readRest(), input: input), Needs(rawValue: needs))
  }
}

internal import EventBus
internal import Operations

/// Looks through a topic for the records that a filter lets through, from the newest back, a slice at a time: a log holds
/// more than can be looked at while somebody types.
struct RecordSearch {
  /// How far one partition has been looked through.
  private struct Place {
    let partition: Int
    /// The first offset that was looked at, and the one behind the last.
    var low: Int64
    var high: Int64
    /// When the record at `low` was written: those that are still to be looked at are not newer.
    var oldest = Int64.max
  }

  let filter: RecordFilter
  let limit: Int
  private let reader: RecordReader
  private let topic: Topic
  private let match: RecordMatch
  private var places: [Place] = []
  /// The newest that were found, oldest first.
  private var lines: [RecordLine] = []

  /// So many records are looked at between two looks at the clock.
  private static let chunk = 128

  /// Nil when there is no such topic.
  init?(_ filter: RecordFilter, limit: Int, broker: Broker) {
    guard limit > 0, let topic = try? broker.topic(filter.topic) else { return nil }
    (self.filter, self.limit, self.topic) = (filter, limit, topic)
    reader = RecordReader(broker: broker)
    match = RecordMatch(filter)
    begin()
  }

  private mutating func begin() {
    lines = []
    let partitions = filter.partition.map { [$0] } ?? Array(0..<topic.partitionCount)
    places = partitions.compactMap { partition in
      guard let bounds = try? topic.bounds(partition: partition) else { return nil }
      // Later ones are of no interest.
      let end = filter.until.flatMap { try? topic.offset(notBefore: $0 &+ 1, partition: partition) }
      return Place(partition: partition, low: end ?? bounds.upperBound, high: end ?? bounds.upperBound)
    }
  }

  /// Looks on, at what was written meanwhile first, then further back, until `isOver` or all was looked at.
  /// - Parameter takesNewer: false leaves what was written meanwhile alone.
  mutating func lookOn(takesNewer: Bool, isOver: () -> Bool) {
    var found: [RecordLine] = []
    if takesNewer, filter.until == nil { takeNewer(&found, isOver: isOver) }
    var isFirst = true
    while let index = nextPlace(found), isFirst || !isOver() {
      isFirst = false
      let place = places[index]
      let from = max(start(of: place), place.low - Int64(Self.chunk))
      let oldest = look(at: place.partition, from: from, to: place.low, &found)
      (places[index].low, places[index].oldest) = (from, min(place.oldest, oldest ?? place.oldest))
      if found.count >= limit { merge(&found) }
    }
    merge(&found)
  }

  private mutating func takeNewer(_ found: inout [RecordLine], isOver: () -> Bool) {
    let ends = places.map { (try? topic.bounds(partition: $0.partition).upperBound) ?? $0.high }
    let newer = zip(places, ends).reduce(0) { $0 + $1.1 - $1.0.high }
    // All that was found so far will be pushed out: what is newest is found sooner from the end.
    if match.isEverything, newer > Int64(limit) { return begin() }
    for index in places.indices {
      while places[index].high < ends[index] {
        let from = places[index].high
        let to = min(ends[index], from + Int64(Self.chunk))
        _ = look(at: places[index].partition, from: from, to: to, &found)
        places[index].high = to
        if isOver() { return }
      }
    }
  }

  /// Where to look next: where the newest of what was not looked at may be. Nil when nothing is left that matters.
  private func nextPlace(_ found: [RecordLine]) -> Int? {
    let left = places.indices.filter { places[$0].low > start(of: places[$0]) }
    guard let next = left.max(by: { places[$0].oldest < places[$1].oldest }) else { return nil }
    if lines.count >= limit, let first = lines.first, first.time >= places[next].oldest { return nil }
    return next
  }

  private func start(of place: Place) -> Int64 {
    min(place.low, (try? topic.bounds(partition: place.partition).lowerBound) ?? place.low)
  }

  /// Returns when the first of them was written; nil when there was none.
  private func look(at partition: Int, from: Int64, to: Int64, _ found: inout [RecordLine]) -> Int64? {
    var (next, oldest) = (from, Int64?.none)
    while next < to, let batch = try? topic.peek(partition: partition, from: next, maximumRecords: Int(to - next)),
      let last = batch.records.last
    {
      for record in batch.records where record.offset < to {
        oldest = min(oldest ?? .max, record.timestamp)
        guard record.timestamp <= filter.until ?? .max, match.mayLetThrough(record) else { continue }
        let line = reader.line(record, of: filter, partition: partition)
        if match.letsThrough(line) { found.append(line) }
      }
      next = last.offset + 1
    }
    return oldest
  }

  private mutating func merge(_ found: inout [RecordLine]) {
    guard !found.isEmpty else { return }
    lines += found
    found = []
    lines.sort { ($0.time, $0.partition, $0.offset) < ($1.time, $1.partition, $1.offset) }
    if lines.count > limit { lines.removeFirst(lines.count - limit) }
  }

  var answer: RecordAnswer {
    var answer = RecordAnswer(lines.map(reader.current))
    for place in places {
      let start = start(of: place)
      answer.searched += place.high - place.low
      answer.kept += max(0, place.high - start)
    }
    answer.isComplete = nextPlace([]) == nil
    return answer
  }
}

/// Whether a record has the words of a filter.
struct RecordMatch {
  private let words: [String]
  /// The same as bytes; nil where bytes cannot be compared.
  private let plain: [[UInt8]]?

  init(_ filter: RecordFilter) {
    words = filter.words
    // What became of a dead letter does not stand in it.
    let isPlain = filter.lettersOf == nil && words.allSatisfy { $0.utf8.allSatisfy { $0 < 0x80 } }
    plain = isPlain ? words.map { Array($0.utf8) } : nil
  }

  var isEverything: Bool { words.isEmpty }

  /// Looks at the bytes: most records are passed over, and need not be made into texts for that.
  func mayLetThrough(_ record: EventRecord) -> Bool {
    guard let plain else { return true }
    return plain.allSatisfy { word in
      Self.has(record.value, word) || record.key.map { Self.has($0, word) } ?? false
        || record.headers.contains { Self.has($0.value, word) }
    }
  }

  func letsThrough(_ line: RecordLine) -> Bool { line.has(words) }

  /// - Parameter word: in small letters.
  private static func has(_ bytes: [UInt8], _ word: [UInt8]) -> Bool {
    guard let first = word.first, bytes.count >= word.count else { return word.isEmpty }
    return bytes.withUnsafeBufferPointer { bytes in
      word.withUnsafeBufferPointer { word in
        var start = 0
        let end = bytes.count - word.count
        while start <= end {
          if folded(bytes[start]) == first {
            var length = 1
            while length < word.count, folded(bytes[start + length]) == word[length] { length += 1 }
            if length == word.count { return true }
          }
          start += 1
        }
        return false
      }
    }
  }

  @inline(__always)
  private static func folded(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}

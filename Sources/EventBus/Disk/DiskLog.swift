/// The records of one partition in files: closed segments, oldest first, and the active one that grows.
///
/// It is a value behind the partition's lock. Records that are acknowledged as in memory wait in `unwritten`, behind what
/// the active file has; all positions count them as if they were in the file.
struct DiskLog: Sendable {
  let name: TopicPartition
  let directory: String
  let store: DiskStore
  var closed: [DiskSegment] = []
  var active: DiskSegment
  /// The first offset that can be read.
  var startOffset: Int64
  var unwritten: [UInt8] = []
  /// Bytes of batches that the active file has; `unwritten` holds the rest of its length.
  var writtenLength: Int64 = 0
  /// The records before it are in the file.
  var writtenEnd: Int64
  /// What an append that failed may have left behind the active file's end is still to be cut off.
  var hasLeftovers = false
  /// The last write failed.
  var isRefused = false
  /// A sync failed: nobody knows what is on the disk, and nothing is taken any more.
  var failure: BusError?
  /// The directory was given back: it may be somebody else's.
  var isClosed = false
  /// Files were made or removed since the folder was last synced.
  var folderHasChanged = false
  /// Everything before it is on the disk.
  var syncedEnd: Int64
  var producers: [ProducerState] = []
  var totals = TrafficTotals()

  /// A partition without a file.
  init(_ name: TopicPartition, directory: String, store: DiskStore, startOffset: Int64 = 0) {
    self.name = name
    self.directory = directory
    self.store = store
    self.startOffset = startOffset
    syncedEnd = startOffset
    writtenEnd = startOffset
    active = store.makeSegment(in: directory, at: startOffset)
  }

  var endOffset: Int64 { active.endOffset }
  var segmentCount: Int { closed.count + 1 }
  /// Of all records that are held, as they count themselves.
  var bytes: Int { closed.reduce(active.bytes) { $0 + $1.bytes } }

  /// Records that can be read; those in a segment that begins before the start offset count while it is there.
  var recordCount: Int {
    let held = closed.reduce(active.records) { $0 + $1.records }
    let first = closed.first ?? active
    // Without compaction offsets have no gaps, and what is cut off at the start is known.
    return first.isCompacted ? held : held - Int(min(Int64(first.records), startOffset - first.baseOffset))
  }

  /// Offsets that cannot be read, in ascending order.
  var damagedOffsets: [Range<Int64>] {
    guard active.damage.count > 0 || closed.contains(where: { !$0.damage.isEmpty }) else { return [] }
    return (closed + [active]).flatMap { $0.damage.map(\.offsets).filter { !$0.isEmpty } }
  }

  /// The index of the closed segment that `offset` belongs to; `closed.count` stands for the active one.
  func closedIndex(of offset: Int64) -> Int { closed.partitioningIndex { $0.endOffset > offset } }

  func requireWorking() throws(BusError) {
    if isClosed { throw .unavailable("the broker") }
    if let failure { throw failure }
  }

  // MARK: Segments

  mutating func rollIfNeeded() throws(BusError) {
    guard !active.isEmpty else { return }
    try writeOut()
    if hasLeftovers { try cutLeftovers() }
    active.producers = producers
    closed.append(active)
    writtenLength = 0
    active = store.makeSegment(in: directory, at: endOffset)
  }

  /// The active segment's file, made when it is missing.
  mutating func activeFile() throws(BusError) -> File {
    if writtenLength == 0 {
      try Directory.create(directory)
      folderHasChanged = true
    }
    // A file that has something and is gone is an error, and no new file with a hole in it.
    return try store.files.file(of: active, writtenLength == 0 ? .create : .update)
  }

  func remove(_ segment: DiskSegment) throws(BusError) {
    store.files.forget(segment)
    try Directory.remove(segment.path)
  }
}

/// What the flusher does for a partition without its lock.
struct FlushWork: Sendable {
  let partition: TopicPartition
  let directory: String
  let folderHasChanged: Bool
  /// Those that get a footer, oldest first.
  let unsealed: [DiskSegment]
  /// Closed segments that are synced as they are.
  let unsynced: [DiskSegment]
  /// Nil when nobody waits for a sync, or there is nothing to sync.
  let activeFile: File?
  /// Everything before it is on the disk once the work is done.
  let endOffset: Int64

  /// - Returns: the segments that are sealed now.
  func run(files: FileCache) throws(BusError) -> [DiskSegment] {
    var sealed: [DiskSegment] = []
    for segment in unsealed {
      guard let file = try open(segment, files) else { continue }
      var done = segment
      done.isSealed = true
      do throws(BusError) {
        try file.write(SegmentFooter.encode(done, producers: segment.producers), at: segment.length)
      } catch {
        // It is whole without, and only takes longer to open.
        done.isSealed = false
      }
      try file.synchronize()
      if done.isSealed { sealed.append(done) }
    }
    for segment in unsynced where !sealed.contains(where: { $0.id == segment.id }) {
      try open(segment, files)?.synchronize()
    }
    try activeFile?.synchronize()
    if folderHasChanged {
      try Directory.synchronize(directory)
      // The partition's folder is made with its first file.
      try Directory.synchronize(Directory.parent(of: directory))
    }
    return sealed
  }

  /// Nil when retention was faster: then there is nothing to do.
  private func open(_ segment: DiskSegment, _ files: FileCache) throws(BusError) -> File? {
    do throws(BusError) {
      return try files.file(of: segment, .update)
    } catch {
      if Directory.exists(segment.path) { throw error }
      return nil
    }
  }
}

extension DiskLog {
  /// Whether anything of it is to be written, sealed or synced.
  var needsFlush: Bool { !unwritten.isEmpty || (closed.last?.isSealed == false && !sealable.isEmpty) }

  /// Closed segments without a footer. A segment with a transaction of which the disk may lack a part is not sealed: after
  /// a crash it has to be looked through, to take that transaction back.
  private var sealable: [DiskSegment] {
    let settled = store.transactions.settled
    return closed.filter { !$0.isSealed && $0.lastTransaction <= settled }
  }

  /// Says what is to be done.
  mutating func beginFlush(wantsSync: Bool) throws(BusError) -> FlushWork {
    try requireWorking()
    let work = FlushWork(
      partition: name, directory: directory, folderHasChanged: folderHasChanged,
      unsealed: sealable, unsynced: wantsSync ? closed.filter { !$0.isSealed } : [],
      activeFile: wantsSync && writtenLength > 0 ? try store.files.file(of: active, .update) : nil,
      endOffset: wantsSync ? writtenEnd : syncedEnd)
    folderHasChanged = false
    return work
  }

  mutating func endFlush(_ work: FlushWork, sealed: [DiskSegment]) {
    for segment in sealed {
      guard let index = closed.firstIndex(where: { $0.id == segment.id }) else { continue }
      closed[index].isSealed = true
      closed[index].producers = []
    }
    syncedEnd = max(syncedEnd, work.endOffset)
  }

  /// What could not be synced may be lost, whatever a later sync says: the system may have given up those pages. A file
  /// that could not be opened has lost nothing, and is tried again.
  mutating func failFlush(_ work: FlushWork, _ error: BusError) -> BusError {
    if work.folderHasChanged { folderHasChanged = true }
    if case .storage(let operation, _, _, _) = error, operation != File.sync { return error }
    let reason = if case .storage(_, _, let reason, _) = error { reason } else { "\(error)" }
    let failure = BusError.syncFailed(name, after: syncedEnd, reason: reason)
    self.failure = failure
    return failure
  }
}

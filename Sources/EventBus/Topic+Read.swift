extension Topic {
  /// Records of one partition from `offset` on. An offset equal to the log end gives an empty batch.
  /// - Parameters:
  ///   - maximumRecords: 0 or more.
  ///   - maximumBytes: the first record comes even when it alone is larger.
  /// - Throws: `unavailable`, `unknownPartition`, `offsetOutOfRange` with the range that is valid.
  public func read(
    partition: Int, from offset: Int64, maximumRecords: Int = 512, maximumBytes: Int = 8 << 20
  ) throws(BusError) -> RecordBatch {
    let source = try self.partition(partition)
    try requireAvailable()
    return try source.read(
      from: offset, maximumRecords: maximumRecords, maximumBytes: maximumBytes, counted: true)
  }

  /// As `read`, for those who only look on: it is not counted as traffic, and works while the topic is unavailable.
  public func peek(
    partition: Int, from offset: Int64, maximumRecords: Int = 512, maximumBytes: Int = 8 << 20
  ) throws(BusError) -> RecordBatch {
    try self.partition(partition).read(
      from: offset, maximumRecords: maximumRecords, maximumBytes: maximumBytes, counted: false)
  }

  /// Notes `token` at the partition; fires it when there is something to read already.
  func park(_ token: WaitToken, partition: Int, offset: Int64, effects: inout Effects) throws(BusError) -> Partition {
    let source = try self.partition(partition)
    // While the topic is unavailable the token stays parked, and fires when the topic comes back.
    if source.park(token, offset: offset) && isAvailable { effects.wake(token) }
    return source
  }

  /// Makes `offset` the first that can be read in a partition; one below the present start changes nothing. Memory is
  /// given back by whole segments. It works while the topic is unavailable.
  /// - Throws: `unknownPartition`, `offsetOutOfRange`: the log end is the most.
  @discardableResult
  public func deleteRecords(before offset: Int64, partition: Int) throws(BusError) -> RemovedRecords {
    try self.partition(partition).deleteRecords(before: offset)
  }

  /// Removes whole segments that are past the topic's retention, and compacts where the topic says so.
  @discardableResult
  public func applyRetention(now: Int64) -> RemovedRecords {
    var removed = RemovedRecords()
    for partition in partitions { removed += partition.applyRetention(now: now) }
    return removed
  }
}

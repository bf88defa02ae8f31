import Foundation
import TestSupport

@testable import EventBus

extension TemporaryDirectory {
  func open(
    storage: StorageSettings = StorageSettings(), groups: GroupSettings = .prompt, now: Int64 = 0
  ) throws -> Broker {
    // A broker that was dropped has the directory until its flusher is done.
    let deadline = ContinuousClock.now + .seconds(30)
    while true {
      do throws(BusError) {
        return try Broker(directory: path, storage: storage, groupSettings: groups, now: now)
      } catch {
        guard case .directoryInUse = error, ContinuousClock.now < deadline else { throw error }
        Thread.sleep(forTimeInterval: 0.001)
      }
    }
  }
}

extension Broker {
  /// All records of a partition that can be read.
  func everything(_ topic: String = "orders", _ partition: Int = 0, chunk: Int = 100) throws -> [EventRecord] {
    let topic = try self.topic(topic)
    var records: [EventRecord] = []
    var offset = try topic.bounds(partition: partition).lowerBound
    while true {
      let batch = try topic.peek(partition: partition, from: offset, maximumRecords: chunk)
      guard let last = batch.records.last else { return records }
      records += batch.records
      offset = last.offset + 1
    }
  }
}

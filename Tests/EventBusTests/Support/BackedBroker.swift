import TestSupport
import Testing

@testable import EventBus

/// Where a test keeps its log.
enum Backing: String, CaseIterable, CustomTestStringConvertible {
  case memory
  case disk

  var testDescription: String { rawValue }
}

/// A broker in memory, or in a folder of its own that can be opened anew.
final class BackedBroker {
  private(set) var broker: Broker
  let folder: TemporaryDirectory?

  init(_ backing: Backing, groups: GroupSettings = .prompt) throws {
    folder = backing == .disk ? try TemporaryDirectory() : nil
    broker = try folder?.open(groups: groups) ?? Broker(groupSettings: groups)
  }

  /// Takes up what a new process would find; in memory it changes nothing. No topic or partition of the old broker may
  /// be held meanwhile: they have the folder.
  func reopen(now: Int64 = 0) throws {
    guard let folder else { return }
    for topic in broker.allTopics { for partition in topic.partitions { try partition.writeOut() } }
    broker = try Broker()
    broker = try folder.open(now: now)
  }
}

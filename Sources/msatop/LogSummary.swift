import EventBus

/// A data directory at a glance.
struct LogSummary: Encodable {
  struct Topic: Encodable {
    let name: String
    let partitions: Int
    let records: Int64
    let bytes: Int
    let cleanup: String
    /// First and next offset of each partition.
    let offsets: [[Int64]]
  }

  struct Commit: Encodable {
    let group: String
    let topic: String
    let partition: Int
    let offset: Int64
    /// Records behind the end of the log.
    let lag: Int64
  }

  let directory: String
  let topics: [Topic]
  let commits: [Commit]
  /// What the opening found; empty after a clean end.
  let findings: [String]

  init(_ broker: Broker, _ directory: String) {
    self.directory = directory
    let snapshot = broker.snapshot()
    topics = snapshot.topics.map { topic in
      Topic(
        name: topic.name, partitions: topic.partitions.count, records: topic.records, bytes: topic.bytes,
        cleanup: topic.settings.cleanup.rawValue, offsets: topic.partitions.map { [$0.logStart, $0.logEnd] })
    }
    findings = broker.recovery?.sentences ?? []
    var commits: [Commit] = []
    for group in snapshot.groups {
      for topic in snapshot.topics {
        for partition in topic.partitions {
          let place = TopicPartition(topic: topic.name, partition: partition.partition)
          guard let committed = broker.groups.committed(group: group.name, place) else { continue }
          commits.append(
            Commit(
              group: group.name, topic: topic.name, partition: partition.partition, offset: committed.offset,
              lag: partition.logEnd - committed.offset))
        }
      }
    }
    self.commits = commits
  }

  var text: String {
    var lines = ["\(directory)", ""]
    let width = max(24, (topics.map(\.name.count).max() ?? 0) + 2)
    lines.append(Self.row("topic", width, ["partitions", "records", "bytes", "cleanup"]))
    for topic in topics {
      lines.append(
        Self.row(topic.name, width, ["\(topic.partitions)", "\(topic.records)", "\(topic.bytes)", topic.cleanup]))
    }
    guard !commits.isEmpty else { return lines.joined(separator: "\n") }
    lines += ["", Self.row("group", width, ["topic", "partition", "committed", "lag"])]
    for commit in commits {
      lines.append(
        Self.row(commit.group, width, [commit.topic, "\(commit.partition)", "\(commit.offset)", "\(commit.lag)"]))
    }
    return lines.joined(separator: "\n")
  }

  private static func row(_ name: String, _ width: Int, _ cells: [String]) -> String {
    name + String(repeating: " ", count: max(1, width - name.count))
      + cells.map { String(repeating: " ", count: max(1, 14 - $0.count)) + $0 }.joined()
  }
}

import ArgumentParser
import EventBus
import Foundation

/// How long a large log takes to open after a crash, and what thousands of idle partitions cost. Each is measured in a
/// process of its own, which is killed in the end.
struct LargeBenchmarks {
  let rounds: Int
  let parent: String
  let gigabytes: Int

  static let topics = 1_000
  static let partitions = 12

  func run() throws -> [BenchResult] {
    let folder = parent + "/msatop-bench-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try [opened(folder + "/large")] + idle(folder + "/many")
  }

  // MARK: Opening

  private func opened(_ folder: String) throws -> BenchResult {
    let child = try Child("fill", folder, "\(gigabytes)")
    _ = try child.line()
    child.kill()
    var (values, records): ([Double], Int64) = ([], 0)
    for _ in 0..<rounds {
      // Killed each time, so that each opening finds what a crash leaves.
      let child = try Child("open", folder)
      let words = try child.line().split(separator: " ")
      child.kill()
      guard words.count == 2, let seconds = Double(words[0]), let count = Int64(words[1]) else {
        throw ValidationError("the process that opens \(folder) said nothing that can be read")
      }
      values.append(seconds)
      records = count
    }
    return BenchResult(
      "open a log of \(gigabytes) GB after a crash", unit: "s", of: values,
      note: "\(records) records in segments of 64 MiB; what was not sealed is looked through")
  }

  // MARK: Idle partitions

  private func idle(_ folder: String) throws -> [BenchResult] {
    var (memory, processor): ([Double], [Double]) = ([], [])
    for _ in 0..<rounds {
      let child = try Child("hold", folder)
      let words = try child.line().split(separator: " ")
      child.kill()
      guard words.count == 2, let megabytes = Double(words[0]), let share = Double(words[1]) else {
        throw ValidationError("the process that holds \(folder) said nothing that can be read")
      }
      memory.append(megabytes)
      processor.append(share)
    }
    let what = "\(Self.topics) topics × \(Self.partitions) partitions"
    return [
      BenchResult(
        "\(what), idle: memory", unit: "MB", of: memory, note: "on disk; what the process takes more than without them"),
      BenchResult("\(what), idle: processor", unit: "% of a core", of: processor, note: "over three seconds"),
    ]
  }
}

/// This program once more, doing one thing and saying so in one line.
private final class Child {
  private let process = Process()
  private let output = Pipe()

  init(_ arguments: String...) throws {
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["bench", "child"] + arguments
    process.standardOutput = output
    try process.run()
  }

  deinit { kill() }

  func line() throws -> String {
    var bytes = Data()
    while let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty, byte != Data("\n".utf8) {
      bytes += byte
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  func kill() {
    guard process.isRunning else { return }
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}

extension Bench {
  /// What the processes do that are started above.
  struct ChildProcess: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "child", shouldDisplay: false)

    enum Task: String, ExpressibleByArgument { case fill, open, hold }

    @Argument var task: Task
    @Argument var directory: String
    @Argument var gigabytes = 1

    func run() throws {
      switch task {
      case .fill: try fill()
      case .open: try open()
      case .hold: try hold()
      }
      fflush(nil)
      while true { sleep(3_600) }
    }

    private func fill() throws {
      let broker = try Broker(directory: directory, now: WallClock.nanoseconds)
      let topic = try broker.createTopic(
        "large", settings: TopicSettings(retentionAge: nil, retentionBytes: nil, segmentBytes: 64 << 20))
      let records = (0..<512).map {
        ProducerRecord(key: Array("\($0)".utf8), value: [UInt8](repeating: UInt8($0 & 0x7F), count: 200))
      }
      while try broker.snapshot(topic: topic.name).bytes < gigabytes << 30 {
        try topic.append(records, now: WallClock.nanoseconds)
      }
      print("ready")
    }

    private func open() throws {
      let start = WallClock.monotonic
      let broker = try Broker(directory: directory, now: WallClock.nanoseconds)
      let seconds = Double(WallClock.monotonic - start) / 1e9
      print("\(seconds) \(broker.recovery?.records ?? 0)")
    }

    private func hold() throws {
      let before = Self.residentMegabytes
      let broker = try Broker(directory: directory, now: WallClock.nanoseconds)
      for number in 0..<LargeBenchmarks.topics where !broker.hasTopic("topic \(number)") {
        try broker.createTopic("topic \(number)", settings: TopicSettings(partitions: LargeBenchmarks.partitions))
      }
      let megabytes = Self.residentMegabytes - before
      let used = Self.processorSeconds
      Thread.sleep(forTimeInterval: 3)
      print("\(megabytes) \((Self.processorSeconds - used) / 3 * 100)")
      withExtendedLifetime(broker) {}
    }

    private static var residentMegabytes: Double {
      let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
      let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
      return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1e6
    }

    private static var processorSeconds: Double { Double(clock()) / Double(CLOCKS_PER_SEC) }
  }
}

import Foundation
import TestSupport
import Testing

/// A run whose bus is kept in a directory, and what can be seen of it afterwards.
@Suite struct DataDirectoryTests {
  private let parent: TemporaryDirectory
  /// Not there yet.
  private var directory: String { parent.path + "/data" }

  init() throws { parent = try TemporaryDirectory() }

  @Test func aRunOnDiskIsTheSameRunAndCanBeLookedAt() async throws {
    let onDisk = try await Program.run("simulate", "--duration", "3s", "--seed", "4", "--data-dir", directory)
    let inMemory = try await Program.run("simulate", "--duration", "3s", "--seed", "4")
    #expect(onDisk.status == 0, "\(onDisk.error)")
    #expect(onDisk.output.split(separator: "\n").last == inMemory.output.split(separator: "\n").last)

    let summary = try await Program.run("log", directory)
    #expect(summary.status == 0 && summary.error.isEmpty)
    for topic in ["__consumer_offsets", "order", "inventory", "payment"] { #expect(summary.output.contains(topic)) }

    let records = try await Program.run("log", directory, "payment", "--partition", "1", "--from", "2", "--limit", "3")
    let lines = records.output.split(separator: "\n")
    #expect(lines.count == 3)
    for (line, offset) in zip(lines, 2...) {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      #expect(object["offset"] as? Int == offset && object["topic"] as? String == "payment")
      #expect((object["headers"] as? [String: String])?["X-GTXID"]?.count == 32)
    }

    let beyond = try await Program.run("log", directory, "payment", "--from", "1000000")
    #expect(beyond.status == 0 && beyond.output.isEmpty && beyond.error.isEmpty)
    let whole = try await Program.run("log", directory, "--check")
    #expect(whole.status == 0 && whole.output.hasPrefix("every record of "))
    try damage("order")
    let holes = try await Program.run("log", directory, "--check")
    #expect(holes.status == 1 && holes.error.contains("damaged"), "\(holes.error)")

    let again = try await Program.run("simulate", "--duration", "1s", "--data-dir", directory)
    #expect(again.status == 1)
    #expect(again.error.contains("holds the log of an earlier run"))
  }

  /// Changes one byte in the middle of a topic's first segment.
  private func damage(_ topic: String) throws {
    let all = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String }.sorted() ?? []
    let path = try #require(all.first { $0.contains("-\(topic)/") && $0.hasSuffix("0.log") })
    var data = try Data(contentsOf: URL(fileURLWithPath: directory + "/" + path))
    data[data.count / 2] ^= 0x55
    try data.write(to: URL(fileURLWithPath: directory + "/" + path))
  }

  @Test func whatIsNoDataDirectoryIsSaid() async throws {
    let missing = try await Program.run("log", directory)
    #expect(missing.status == 1 && missing.error.contains("is no data directory of msatop"))
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    try Data("x".utf8).write(to: URL(fileURLWithPath: directory + "/notes.txt"))
    let other = try await Program.run("simulate", "--duration", "1s", "--data-dir", directory)
    #expect(other.status == 1 && other.error.contains("not empty (notes.txt)"))
    let nowhere = try await Program.run("simulate", "--duration", "1s", "--data-dir", "/proc/nowhere")
    #expect(nowhere.status == 1 && nowhere.error.contains("could not create /proc/nowhere"))
  }

  @Test func wrongQuestionsAreAnswered() async throws {
    _ = try await Program.run("simulate", "--duration", "1s", "--data-dir", directory)
    for (arguments, sentence, status) in [
      (["nothing"], "there is no topic \"nothing\"", 1),
      (["order", "--partition", "9"], "topic \"order\" has partitions 0 to 5, not 9", 1),
      (["--limit", "3"], "go with a topic", 64),
    ] as [([String], String, Int32)] {
      let outcome = try await Program.command(Program.path, ["log", directory] + arguments)
      #expect(outcome.status == status && outcome.error.contains(sentence), "\(arguments): \(outcome.error)")
    }
  }
}

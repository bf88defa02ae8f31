import EventBus
import Foundation
import TestSupport

/// Rounds of writing, killing and checking. A log goes through twenty of them; then a new one is begun.
struct Torture {
  private let parent: String
  private var random: SeededGenerator
  private(set) var directory = ""
  private var ledger = Ledger()
  private var rounds = 0
  private var (acknowledged, cuts, undone, records) = (0, 0, 0, 0)

  init(parent: String, seed: UInt64) {
    self.parent = parent
    random = SeededGenerator(seed: seed)
  }

  mutating func round(_ number: Int) throws {
    if number % 20 == 1 { try begin() }
    let notes = directory + "/notes-\(number)"
    try writeAndKill(notes, isStarting: number % 5 == 0)
    acknowledged += try ledger.read(notes)
    let broker = try Broker(directory: directory + "/log", now: 0)
    guard let report = broker.recovery else { throw Finding("the log was not opened from its directory") }
    guard report.damaged.isEmpty else { throw Finding(report.sentences.joined(separator: "\n")) }
    cuts += report.cuts.count
    undone += report.undoneTransactions
    records += try ledger.check(broker)
    rounds += 1
  }

  private mutating func begin() throws {
    finish()
    directory = parent + "/log-torture-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    ledger = Ledger()
  }

  /// Removes the folder.
  func finish() {
    if !directory.isEmpty { try? FileManager.default.removeItem(atPath: directory) }
  }

  /// - Parameter isStarting: it is killed soon, perhaps before it has written anything; otherwise once something has been
  ///   acknowledged, however long its start takes on this machine.
  private mutating func writeAndKill(_ notes: String, isStarting: Bool) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
    process.arguments = ["write", directory + "/log", notes, "\(random.next())"]
    try process.run()
    let wait = Double.random(in: 0.002...0.15, using: &random)
    let hasBegun = isStarting || Self.acknowledges(process, notes)
    Thread.sleep(forTimeInterval: wait)
    let wasRunning = process.isRunning
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    guard wasRunning else { throw Finding("the writer ended by itself, with status \(process.terminationStatus)") }
    guard hasBegun else { throw Finding("nothing was acknowledged within twenty seconds") }
  }

  /// Waits until the writer has noted something, or has ended, or takes too long.
  private static func acknowledges(_ process: Process, _ notes: String) -> Bool {
    for _ in 0..<20_000 where process.isRunning {
      let size = try? FileManager.default.attributesOfItem(atPath: notes)[.size] as? Int
      if size ?? 0 > 0 { return true }
      Thread.sleep(forTimeInterval: 0.001)
    }
    return false
  }

  var summary: String {
    "\(rounds) kills: \(acknowledged) acknowledgements kept, none twice, none out of order, \(records) records read; "
      + "\(cuts) torn ends cut, \(undone) transactions taken back"
  }
}

import ArgumentParser
import Foundation

/// Writes to a log on disk, is killed, and looks at what is left: again and again.
@main
struct LogTorture: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log-torture", abstract: "Kill a writing process at random moments, and check what its log has kept.",
    subcommands: [Run.self, FullDisk.self, Write.self], defaultSubcommand: Run.self)

  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Write, kill, check; so often.")

    @Option(help: "How often the writer is killed.") var count = 300
    @Option(help: "The moments of the kills follow from it, as far as a machine repeats itself.") var seed: UInt64 = 1
    @Option(help: "Where the log goes; a folder of its own is made in it, and removed.")
    var directory = FileManager.default.temporaryDirectory.path

    func run() throws {
      var torture = Torture(parent: directory, seed: seed)
      for round in 1...max(1, count) {
        do {
          try torture.round(round)
        } catch {
          print("round \(round), seed \(seed): \(error)")
          print("the log is left in \(torture.directory)")
          throw ExitCode.failure
        }
      }
      torture.finish()
      print(torture.summary)
    }
  }

  struct Write: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Write until killed.", shouldDisplay: false)

    @Argument var directory: String
    @Argument var acknowledgements: String
    @Argument var seed: UInt64

    func run() async throws {
      try await Writer(directory: directory, acknowledgements: acknowledgements, seed: seed).run()
    }
  }
}

/// What is wrong with a log.
struct Finding: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

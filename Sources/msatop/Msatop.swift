// msatop: the command line. It reads arguments, wires one live system to one front end, and does nothing else.

import ArgumentParser
import Drawing
import Glibc
import Wording

struct Msatop: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "msatop",
    abstract:
      "top for a microservice architecture: services, breakers, topics and every transaction's call tree.",
    discussion: """
      Without a command it shows a simulated shop under load, in which every failure is a key away.

      EXAMPLES
        msatop                                          the shop, live
        msatop --rate 200 --theme light                 with more customers, on a light terminal
        msatop --fault payment-gateway:latency=2s,ttl=30s
        msatop --otlp                                   and your own services' spans beside it
        msatop import traces.jsonl                      spans that were written to a file
        msatop --scenario retry-storm                   an incident to watch; --scenario alone lists them
        msatop simulate --duration 10m --seed 7 --json  no screen: what happened, and whether all held
        msatop log ./run                                what --data-dir ./run has kept
      """,
    version: version, subcommands: [Demo.self, Attach.self, Import.self, Simulate.self, Log.self, Bench.self],
    defaultSubcommand: Demo.self)
}

@main
enum Program {
  static func main() {
    // The backtracer would ask for a key, and hold the terminal, after a crash.
    setenv("SWIFT_BACKTRACE", "interactive=no,color=no", 0)
    do {
      var command = try Msatop.parseAsRoot(ScenarioOption.completed(Array(CommandLine.arguments.dropFirst())))
      try command.run()
    } catch let failure as Failure {
      complain(failure.description)
      exit(failure.status)
    } catch {
      leave(error)
    }
  }

  /// Help and version are answers; everything else that the parser throws is a mistake on the command line.
  private static func leave(_ error: any Error) -> Never {
    let code = Msatop.exitCode(for: error)
    guard !code.isSuccess || mistyped != nil else {
      print(Msatop.fullMessage(for: error))
      exit(EXIT_SUCCESS)
    }
    if let own = error as? ExitCode { exit(own.rawValue) }
    if let mistyped {
      complain(NearestNames.unknown("command", mistyped, among: commands))
      exit(Failure.usage)
    }
    complain("\(oneLine(Msatop.message(for: error))) (\(helpCommand) lists what there is)")
    exit(Failure.usage)
  }

  private static var commands: [String] { Msatop.configuration.subcommands.map { $0._commandName } }

  /// What stands where a command's name does, and is none.
  private static var mistyped: String? {
    CommandLine.arguments.dropFirst().first.flatMap {
      $0.hasPrefix("-") || commands.contains($0) || $0 == "help" ? nil : $0
    }
  }

  /// That of the command that was typed.
  private static var helpCommand: String {
    let typed = CommandLine.arguments.dropFirst().first ?? ""
    let command = Msatop.configuration.subcommands.first { $0._commandName == typed } ?? Demo.self
    return "msatop help \(command._commandName)"
  }

  private static func complain(_ sentence: String) {
    // What was typed may hold anything; the terminal is sent what can be seen of it.
    StandardError.write("msatop: \(visible(sentence))\n")
  }

  private static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }.joined(separator: " ")
  }
}

/// Something that keeps the program from doing its work: one sentence, and the exit status.
struct Failure: Error, CustomStringConvertible {
  /// A mistake on the command line (EX_USAGE).
  static let usage: Int32 = 64

  var description: String
  var status: Int32 = EXIT_FAILURE
}

/// Where complaints go, and what must not mix with what is piped on.
enum StandardError {
  static func write(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
      guard written > 0 else { return }  // nobody listens
      rest = rest.dropFirst(written)
    }
  }
}

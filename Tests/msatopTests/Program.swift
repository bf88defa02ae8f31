import Foundation
import Subprocess
import SystemPackage

/// The built program, run as a person would.
enum Program {
  struct Outcome {
    var status: Int32
    var output: String
    var error: String
  }

  /// It lies beside the bundle of the tests, whichever configuration was built.
  static let path: String = {
    let runner = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    var directory = runner.deletingLastPathComponent()
    while directory.path != "/" {
      let program = directory.appendingPathComponent("msatop")
      var isDirectory: ObjCBool = false
      if FileManager.default.fileExists(atPath: program.path, isDirectory: &isDirectory), !isDirectory.boolValue {
        return program.path
      }
      directory.deleteLastPathComponent()
    }
    preconditionFailure("the tests lie beside the program that they test")
  }()

  /// Runs it to its end, with nothing on its standard input.
  static func run(_ arguments: String...) async throws -> Outcome {
    try await command(path, arguments)
  }

  static func command(_ executable: String, _ arguments: [String], environment: [String: String] = [:]) async throws
    -> Outcome
  {
    var changes: [Environment.Key: String?] = [:]
    for (name, value) in environment { changes[Environment.Key(stringLiteral: name)] = value }
    let result = try await Subprocess.run(
      executable.hasPrefix("/") ? .path(FilePath(executable)) : .name(executable), arguments: Arguments(arguments),
      environment: .inherit.updating(changes),
      input: .none, output: .string(limit: 16 << 20), error: .string(limit: 1 << 20))
    let status: Int32 =
      switch result.terminationStatus {
      case .exited(let code): code
      case .signaled(let signal): 128 + signal
      }
    return Outcome(status: status, output: result.standardOutput, error: result.standardError)
  }
}

import Foundation
import Testing

/// The program that is killed while it writes; `make torture` does it hundreds of times.
@Suite struct LogTortureTests {
  private var path: String {
    URL(fileURLWithPath: Program.path).deletingLastPathComponent().appendingPathComponent("log-torture").path
  }

  @Test func whatWasAcknowledgedOutlivesTheProcess() async throws {
    let outcome = try await Program.command(path, ["run", "--count", "8", "--seed", "3"])
    #expect(outcome.status == 0, "\(outcome.output) \(outcome.error)")
    #expect(outcome.output.hasPrefix("8 kills: "))
  }

  @Test func aFullDiskIsAnErrorAndNoLoss() async throws {
    let outcome = try await Program.command(path, ["full"])
    #expect(outcome.status == 0, "\(outcome.output) \(outcome.error)")
  }
}

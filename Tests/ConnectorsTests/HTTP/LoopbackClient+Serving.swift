import Connectors
import TestSupport

extension LoopbackClient {
  /// Starts `receiver`, which listens on port 0, runs `body`, and stops it.
  static func serving(_ receiver: any Receiver, _ body: (LoopbackClient) async throws -> Void) async throws {
    let serving = try await Serving { try await receiver.start(onBound: $0) }
    do {
      try await body(LoopbackClient(port: serving.port))
    } catch {
      await receiver.stop()
      throw error
    }
    await receiver.stop()
    try await serving.task.value
  }
}

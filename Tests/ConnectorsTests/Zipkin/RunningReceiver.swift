import Concurrency
import Connectors
import TraceModel

/// A receiver on a free port for as long as a test's body runs, with what it handed on.
struct RunningReceiver: Sendable {
  let receiver: ZipkinReceiver
  let client: LoopbackClient
  private let batches: Locked<[[TraceSpan]]>

  /// One element for each call of the sink.
  var received: [[TraceSpan]] { batches.withLock { $0 } }

  static func run(
    settings: ReceiverSettings = ReceiverSettings(), _ body: (RunningReceiver) async throws -> Void
  ) async throws {
    var settings = settings
    settings.lingerTime = .milliseconds(100)
    settings.graceTime = .milliseconds(100)
    let batches = Locked<[[TraceSpan]]>([])
    let receiver = ZipkinReceiver(address: ListenAddress(port: 0), settings: settings, now: { 77 }) { spans in
      batches.withLock { $0.append(spans) }
    }
    try await LoopbackClient.serving(receiver) { client async throws in
      try await body(RunningReceiver(receiver: receiver, client: client, batches: batches))
    }
  }
}

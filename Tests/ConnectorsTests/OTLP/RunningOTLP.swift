import Concurrency
import Connectors
import OTLPMessages
import SwiftProtobuf
import TraceCollector
import TraceModel

/// A receiver of OTLP over HTTP on a free port for as long as a test's body runs, with what it handed on.
struct RunningOTLP: Sendable {
  struct Received: Sendable {
    /// One element for each call of a sink.
    var spans: [[TraceSpan]] = []
    var logs: [[LogEntry]] = []
    var metrics: [[MetricPoint]] = []

    var isEmpty: Bool { spans.isEmpty && logs.isEmpty && metrics.isEmpty }
  }

  let receiver: OTLPReceiver
  let client: LoopbackClient
  private let taken: Locked<Received>

  var received: Received { taken.withLock { $0 } }

  static func run(
    settings: ReceiverSettings = ReceiverSettings(), _ body: (RunningOTLP) async throws -> Void
  ) async throws {
    var settings = settings
    settings.lingerTime = .milliseconds(100)
    settings.graceTime = .milliseconds(100)
    let taken = Locked(Received())
    let sinks = OTLPSinks(
      spans: { batch in taken.withLock { $0.spans.append(batch.spans) } },
      logs: { logs in taken.withLock { $0.logs.append(logs) } },
      metrics: { metrics in taken.withLock { $0.metrics.append(metrics) } })
    let receiver = OTLPReceiver(address: ListenAddress(port: 0), settings: settings, now: { 77 }, sinks: sinks)
    try await LoopbackClient.serving(receiver) { client async throws in
      try await body(RunningOTLP(receiver: receiver, client: client, taken: taken))
    }
  }

  static let protobuf = "Content-Type: application/x-protobuf"
  static let json = "Content-Type: application/json"

  func post(
    _ message: some Message, to path: String, headers: [String] = [protobuf]
  ) async throws -> LoopbackClient.Answer? {
    try await client.request("POST", path, headers: headers, body: try message.serializedBytes())
  }

  func post(_ json: String, to path: String) async throws -> LoopbackClient.Answer? {
    try await client.request("POST", path, headers: [Self.json], body: Array(json.utf8))
  }
}

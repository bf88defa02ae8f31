import ArgumentParser
import Connectors
import OTLPgRPC
import Operations
import TraceCollector

/// `--zipkin`, `--otlp` and their like: what the program listens for.
struct ReceiverOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Take Zipkin v2 spans over HTTP, on loopback unless a host is given; or off.", valueName: "[host:]port"),
    transform: Arguments.listening)
  var zipkin: Listening?

  @Flag(
    help:
      "Take OpenTelemetry's traces, metrics and logs (OTLP) on loopback, at the usual ports: 4318 for HTTP and, where gRPC is built in, 4317 for that."
  )
  var otlp = false

  @Option(
    help: ArgumentHelp(
      "Take OTLP over HTTP, as protobuf or JSON, on loopback unless a host is given; or off.",
      valueName: "[host:]port"), transform: Arguments.listening)
  var otlpHttp: Listening?

  @Option(
    help: ArgumentHelp("Take OTLP over gRPC, on loopback unless a host is given; or off.", valueName: "[host:]port"),
    transform: Arguments.listening)
  var otlpGrpc: Listening?

  @Option(
    help: ArgumentHelp(
      "Let web pages of these origins report from browsers (CORS), such as https://shop.example; those at localhost may anyway.",
      valueName: "origin,…"), transform: Arguments.origins)
  var origin: AllowedOrigins?

  /// What the command line says.
  var choice: ReceiverChoice {
    ReceiverChoice(otlp: otlp ? true : nil, otlpHTTP: otlpHttp, otlpGRPC: otlpGrpc, zipkin: zipkin, origins: origin)
  }

  static let needsGRPC =
    "gRPC is not in this program: build it with make or with swift build --traits GRPC, or let exporters send to "
    + OTLPReceiver.option

  static let originNeedsHTTP = "--origin is about what comes over HTTP: add --otlp, --otlp-http or --zipkin"

  func validate() throws {
    guard otlpGrpc?.address == nil || OTLPgRPC.isBuiltIn else {
      throw ValidationError("\(OTLPgRPC.option): \(Self.needsGRPC)")
    }
  }
}

extension ReceiverChoice {

  /// None of them listens yet. `now` is in nanoseconds since the Unix epoch.
  private func receivers(now: @escaping @Sendable () -> Int64, sinks: OTLPSinks) -> [any Receiver] {
    var receivers: [any Receiver] = []
    var settings = ReceiverSettings()
    if let origins { settings.allowedOrigins = origins }
    if let address = zipkin?.address {
      receivers.append(
        ZipkinReceiver(address: address, settings: settings, now: now, sink: { sinks.spans(SpanBatch($0)) }))
    }
    if let address = otlpHTTP?.address {
      receivers.append(OTLPReceiver(address: address, settings: settings, now: now, sinks: sinks))
    }
    #if GRPC
      if let address = otlpGRPC?.address {
        receivers.append(OTLPgRPCReceiver(address: address, now: now, sinks: sinks))
      }
    #endif
    return receivers
  }

  /// All that were asked for, listening; or none of them, and why.
  func open(now: @escaping @Sendable () -> Int64, sinks: OTLPSinks) throws -> OpenReceivers {
    var open = OpenReceivers()
    for receiver in receivers(now: now, sinks: sinks) {
      let host = ReceiverHost(receiver)
      do {
        open.add(host, port: try host.start())
      } catch {
        open.stop()
        throw Failure(description: "\(error)")
      }
    }
    return open
  }
}

/// Receivers that listen.
struct OpenReceivers {
  private var hosts: [ReceiverHost] = []
  /// `otlp-http 127.0.0.1:4318`, of each.
  private(set) var names: [String] = []
  /// What each has to say of itself, asked from any thread.
  private(set) var figures: [@Sendable () -> ReceiverSnapshot] = []

  mutating func add(_ host: ReceiverHost, port: Int) {
    let name = "\(host.name) \(ListenAddress(host: host.address.host, port: port))"
    hosts.append(host)
    names.append(name)
    figures.append {
      let counts = host.counts
      var snapshot = ReceiverSnapshot(
        name: name, spans: counts.spans, logs: counts.logs, metrics: counts.metrics, rejected: counts.rejectedRequests)
      (snapshot.requests, snapshot.leftOut, snapshot.bytes) = (counts.requests, counts.leftOut, counts.bytes)
      snapshot.ingestTime = counts.ingestNanoseconds
      snapshot.rejections = counts.rejected.map { .init(reason: $0.reason.words, requests: $0.requests) }
        .sorted { $0.requests > $1.requests }
      return snapshot
    }
  }

  /// What came in so far, of each.
  var counts: [(name: String, counts: ReceiverCounts)] { zip(names, hosts).map { ($0, $1.counts) } }

  /// Returns once none of them serves any more.
  func stop() {
    for host in hosts { host.stop() }
  }
}

extension RejectionReason {
  /// `malformedBody` as words: `malformed body`.
  fileprivate var words: String {
    rawValue.reduce(into: "") { text, letter in text += letter.isUppercase ? " " + letter.lowercased() : String(letter)
    }
  }
}

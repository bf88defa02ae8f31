internal import Concurrency

/// Takes traces, metrics and logs from anything that exports OTLP over HTTP: `POST /v1/traces`, `/v1/metrics` and `/v1/logs`,
/// as protobuf or JSON, plain, gzip or deflate.
///
/// Of a request that is refused nothing is handed on. Of one that is taken, single elements may be left out: the answer
/// then says how many, and why. `GET /health` answers 200.
public final class OTLPReceiver: Receiver {
  public let name = "otlp-http"
  private let receiver: HTTPReceiver
  private let counter = Locked(ReceiverCounts())

  /// The command line's name for the port of this receiver.
  public static let option = "--otlp-http"
  /// Where exporters look for it when nobody tells them otherwise.
  public static let usualPort = 4318

  /// - Parameter now: nanoseconds since the Unix epoch: the time of what tells none.
  public init(
    address: ListenAddress = ListenAddress(port: OTLPReceiver.usualPort),
    settings: ReceiverSettings = ReceiverSettings(), now: @escaping @Sendable () -> Int64, sinks: OTLPSinks
  ) {
    let counter = counter
    let intake = OTLPIntake(settings: settings, now: now, sinks: sinks, counter: counter)
    receiver = HTTPReceiver(
      address: address, name: name, option: Self.option, settings: settings,
      routes: OTLPRoute.Signal.allCases.map { OTLPRoute(signal: $0, intake: intake, counter: counter) })
  }

  public var address: ListenAddress { receiver.address }

  public var counts: ReceiverCounts { counter.withLock { $0 } }

  public func start(onBound: @escaping @Sendable (_ port: Int) -> Void) async throws(ConnectorError) {
    try await receiver.start(onBound: onBound)
  }

  public func stop() async { await receiver.stop() }
}

internal import Concurrency
public import TraceModel

/// Takes spans from anything that reports to Zipkin: `POST /api/v2/spans`, as JSON, plain or gzip.
///
/// A request's spans are handed on together or not at all. `GET /health` answers 200.
public final class ZipkinReceiver: Receiver {
  public let name = "zipkin"
  private let receiver: HTTPReceiver
  private let counter = Locked(ReceiverCounts())

  /// The command line's name for the port of this receiver.
  public static let option = "--zipkin"

  /// - Parameters:
  ///   - now: nanoseconds since the Unix epoch: the place of spans that tell no time at all.
  ///   - sink: takes the spans of one request, from any thread, one request at a time. What it does delays the answer.
  public init(
    address: ListenAddress, settings: ReceiverSettings = ReceiverSettings(), now: @escaping @Sendable () -> Int64,
    sink: @escaping @Sendable ([TraceSpan]) -> Void
  ) {
    receiver = HTTPReceiver(
      address: address, name: name, option: Self.option, settings: settings,
      routes: [ZipkinRoute(now: now, sink: sink, counter: counter)])
  }

  public var address: ListenAddress { receiver.address }

  public var counts: ReceiverCounts { counter.withLock { $0 } }

  public func start(onBound: @escaping @Sendable (_ port: Int) -> Void) async throws(ConnectorError) {
    try await receiver.start(onBound: onBound)
  }

  public func stop() async { await receiver.stop() }
}

// Connectors: how real systems reach this program. It listens for what they report, checks it, and hands it on in the
// vocabulary of TraceModel. It never stores or shows anything, it knows neither the collector nor the screen, and it
// asks no clock: who makes a receiver says what time it is and where spans go.

internal import Concurrency
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
public import TraceModel

/// Takes spans from anything that reports to Zipkin: `POST /api/v2/spans`, as JSON, plain or gzip.
///
/// A request's spans are handed on together or not at all. `GET /health` answers 200. It serves once: start, stop, and
/// make another one. Use ``ReceiverHost`` where the program is not asynchronous.
public final class ZipkinReceiver: Sendable {
  public let address: ListenAddress
  private let settings: ReceiverSettings
  private let handler: ZipkinRequestHandler
  private let counter = Locked(ReceiverCounts())
  private let phase = Locked(Phase.idle)

  private enum Phase {
    case idle
    case running(Task<Void, any Error>, ZipkinServer)
    case stopped
  }

  private typealias ZipkinServer = Server<HTTP1Channel>

  /// The command line's name for the port of this receiver.
  public static let option = "--zipkin"

  /// - Parameters:
  ///   - now: nanoseconds since the Unix epoch: the place of spans that tell no time at all.
  ///   - sink: takes the spans of one request, from any thread, one request at a time. What it does delays the answer.
  public init(
    address: ListenAddress, settings: ReceiverSettings = ReceiverSettings(), now: @escaping @Sendable () -> Int64,
    sink: @escaping @Sendable ([TraceSpan]) -> Void
  ) {
    self.address = address
    self.settings = settings
    handler = ZipkinRequestHandler(
      settings: settings,
      intake: ZipkinIntake(limit: settings.bodyLimit, now: now, sink: sink, counter: counter), counter: counter)
  }

  /// What came in so far. From any thread.
  public var counts: ReceiverCounts { counter.withLock { $0 } }

  /// Binds, then serves until ``stop()`` or until the calling task is cancelled.
  ///
  /// - Parameter onBound: told the port once connections are accepted; never called when this throws.
  /// - Throws: why it never listened; once it has, it does not throw.
  public func start(onBound: @escaping @Sendable (_ port: Int) -> Void = { _ in }) async throws(ConnectorError) {
    let isBound = Locked(false)
    let (serving, group) = try begin { port in
      isBound.withLock { $0 = true }
      onBound(port)
    }
    let outcome = await withTaskCancellationHandler {
      await serving.result
    } onCancel: {
      serving.cancel()
    }
    phase.withLock { $0 = .stopped }
    // Closes what a sender still holds open.
    try? await group.shutdownGracefully()
    guard !isBound.withLock({ $0 }) else { return }
    switch outcome {
    case .success, .failure(is CancellationError), .failure(is ZipkinServer.Error): throw .stopped
    case .failure(let error): throw ConnectorError(error, address: address, option: Self.option)
    }
  }

  private func begin(
    onBound: @escaping @Sendable (Int) -> Void
  ) throws(ConnectorError) -> (Task<Void, any Error>, MultiThreadedEventLoopGroup) {
    try phase.withLock { phase throws(ConnectorError) in
      guard case .idle = phase else { throw .spent }
      let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
      let server = server(on: group, onBound: onBound)
      let serving = Task { try await server.run() }
      phase = .running(serving, server)
      return (serving, group)
    }
  }

  private func server(
    on group: MultiThreadedEventLoopGroup, onBound: @escaping @Sendable (Int) -> Void
  ) -> ZipkinServer {
    let logger = Logger(label: "zipkin") { _ in SwiftLogNoOpLogHandler() }
    let handler = handler
    return ZipkinServer(
      childChannelSetup: HTTP1Channel(
        responder: { request, writer, channel in
          try await handler.respond(to: request, with: writer, on: channel)
        }, configuration: HTTP1Channel.Configuration(idleTimeout: TimeAmount(settings.idleTime))),
      configuration: ServerConfiguration(
        address: .hostname(address.host, port: address.port),
        availableConnectionsDelegate: MaximumAvailableConnections(settings.connectionLimit, logger: logger)),
      onServerRunning: { channel in onBound(channel.localAddress?.port ?? 0) },
      eventLoopGroup: group, logger: logger)
  }

  /// Stops listening, lets requests under way end for ``ReceiverSettings/graceTime``, then closes every connection.
  ///
  /// Returns once nothing is served any more. Does nothing when it does not run.
  public func stop() async {
    let running: (Task<Void, any Error>, ZipkinServer)? = phase.withLock { phase in
      defer { phase = .stopped }
      guard case .running(let serving, let server) = phase else { return nil }
      return (serving, server)
    }
    guard let (serving, server) = running else { return }
    let graceTime = settings.graceTime
    let deadline = Task {
      try await Task.sleep(for: graceTime)
      serving.cancel()
    }
    try? await server.shutdownGracefully()
    _ = await serving.result
    deadline.cancel()
  }
}

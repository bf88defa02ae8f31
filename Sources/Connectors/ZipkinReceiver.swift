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
    /// Not accepting connections yet.
    case binding(Serving)
    case running(Serving)
    /// Nil when it never started.
    case stopped(Serving?)
  }

  private struct Serving: Sendable {
    var server: Server<HTTP1Channel>
    /// Ends when nothing is served any more.
    var task: Task<Void, any Error>
  }

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
    let wasBound = Locked(false)
    let serving = try phase.withLock { phase throws(ConnectorError) in
      guard case .idle = phase else { throw .spent }
      let server = server { port in
        wasBound.withLock { $0 = true }
        onBound(port)
      }
      let serving = Serving(server: server, task: Task { try await server.run() })
      phase = .binding(serving)
      return serving
    }
    let outcome = await withTaskCancellationHandler {
      await serving.task.result
    } onCancel: {
      serving.task.cancel()
    }
    phase.withLock { $0 = .stopped(serving) }
    guard !wasBound.withLock({ $0 }) else { return }
    switch outcome {
    case .success, .failure(is CancellationError): throw .stopped
    case .failure(let error): throw ConnectorError(error, address: address, option: Self.option)
    }
  }

  private func server(onBound: @escaping @Sendable (Int) -> Void) -> Server<HTTP1Channel> {
    let logger = Logger(label: "zipkin") { _ in SwiftLogNoOpLogHandler() }
    let handler = handler
    return Server(
      childChannelSetup: HTTP1Channel(
        responder: { request, writer, channel in
          try await handler.respond(to: request, with: writer, on: channel)
        }, configuration: HTTP1Channel.Configuration(idleTimeout: TimeAmount(settings.idleTime))),
      configuration: ServerConfiguration(
        address: .hostname(address.host, port: address.port),
        availableConnectionsDelegate: MaximumAvailableConnections(settings.connectionLimit, logger: logger)),
      onServerRunning: { [weak self] channel in
        self?.bound(to: channel, onBound: onBound)
      },
      eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
  }

  private func bound(to channel: any Channel, onBound: @Sendable (Int) -> Void) {
    let stopped: Serving? = phase.withLock { phase in
      switch phase {
      case .binding(let serving):
        phase = .running(serving)
        return nil
      case .stopped(let serving): return serving
      case .idle, .running: preconditionFailure("A server is bound once, after it was started.")
      }
    }
    if let stopped {
      stopped.task.cancel()
    } else {
      onBound(channel.localAddress?.port ?? address.port)
    }
  }

  /// Stops listening, lets requests under way end for ``ReceiverSettings/graceTime``, then closes every connection.
  ///
  /// Returns once nothing is served any more. Does nothing when it does not run.
  public func stop() async {
    let before = phase.withLock { phase in
      let before = phase
      switch before {
      case .idle: phase = .stopped(nil)
      case .binding(let serving), .running(let serving): phase = .stopped(serving)
      case .stopped: break
      }
      return before
    }
    switch before {
    case .idle: return
    // The server cannot be stopped while it binds; it is once it has.
    case .binding(let serving): _ = await serving.task.result
    case .running(let serving): await end(serving)
    case .stopped(let serving): _ = await serving?.task.result
    }
  }

  private func end(_ serving: Serving) async {
    let graceTime = settings.graceTime
    let deadline = Task {
      try await Task.sleep(for: graceTime)
      serving.task.cancel()
    }
    try? await serving.server.shutdownGracefully()
    _ = await serving.task.result
    deadline.cancel()
  }
}

internal import Concurrency
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix

/// Listens for HTTP on one address, and serves the routes of whichever protocols are to share it.
///
/// `GET /health` answers 200. It serves once: start, stop, and make another one.
final class HTTPReceiver: Sendable {
  let address: ListenAddress
  private let name: String
  private let option: String
  private let settings: ReceiverSettings
  private let handler: HTTPRequestHandler
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
    var server: Server<GuardedHTTP1>
    /// Ends when nothing is served any more.
    var task: Task<Void, any Error>
  }

  /// - Parameters:
  ///   - name: the protocol's, for whoever looks at logs.
  ///   - option: the command line's name for the port of this receiver.
  ///   - routes: at least one; what comes to no path that there is counts with the first one's protocol.
  init(address: ListenAddress, name: String, option: String, settings: ReceiverSettings, routes: [any HTTPRoute]) {
    self.address = address
    self.name = name
    self.option = option
    self.settings = settings
    handler = HTTPRequestHandler(settings: settings, routes: routes)
  }

  /// Binds, then serves until ``stop()`` or until the calling task is cancelled.
  ///
  /// - Parameter onBound: told the port once connections are accepted; never called when this throws.
  /// - Throws: why it never listened; once it has, it does not throw.
  func start(onBound: @escaping @Sendable (_ port: Int) -> Void) async throws(ConnectorError) {
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
    case .failure(let error): throw ConnectorError(error, address: address, option: option)
    }
  }

  private func server(onBound: @escaping @Sendable (Int) -> Void) -> Server<GuardedHTTP1> {
    let logger = Logger(label: name) { _ in SwiftLogNoOpLogHandler() }
    let handler = handler
    let http = HTTP1Channel(
      responder: { request, writer, channel in
        try await handler.respond(to: request, with: writer, on: channel)
      }, configuration: HTTP1Channel.Configuration(idleTimeout: TimeAmount(settings.idleTime)))
    return Server(
      childChannelSetup: GuardedHTTP1(http: http) { handler.requestGuard() },
      configuration: ServerConfiguration(
        address: .hostname(address.host, port: address.port),
        // One more than there may be: for it the handler closes another one.
        availableConnectionsDelegate: MaximumAvailableConnections(settings.connectionLimit + 1, logger: logger)),
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
  func stop() async {
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

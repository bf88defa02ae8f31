#if GRPC
  internal import Concurrency
  public import Connectors
  internal import GRPCCore
  internal import GRPCNIOTransportHTTP2Posix
  internal import NIOCore

  /// Takes traces, metrics and logs from anything that exports OTLP over gRPC, plain or gzip.
  ///
  /// Of a request that is refused nothing is handed on. Of one that is taken, single elements may be left out: the answer
  /// then says how many, and why.
  public final class OTLPgRPCReceiver: Receiver {
    public let name = "otlp-grpc"
    public let address: ListenAddress
    private let settings: ReceiverSettings
    private let waiting: WaitingBytes
    private let calls: OTLPgRPCCalls
    private let counter: Locked<ReceiverCounts>
    private let phase = Locked(Phase.idle)

    private enum Phase {
      case idle
      case serving(Serving)
      /// Nil when it never started.
      case stopped(Serving?)
    }

    private struct Serving: Sendable {
      var server: GRPCServer<HTTP2ServerTransport.Posix>
      /// Ends when nothing is served any more.
      var task: Task<Void, any Error>
      /// False until connections are accepted.
      let isBound = Locked(false)
    }

    /// - Parameter now: nanoseconds since the Unix epoch: the time of what tells none.
    public init(
      address: ListenAddress = ListenAddress(port: OTLPgRPC.usualPort),
      settings: ReceiverSettings = ReceiverSettings(), now: @escaping @Sendable () -> Int64,
      sinks: OTLPSinks
    ) {
      let counter = Locked(ReceiverCounts())
      self.address = address
      self.settings = settings
      self.counter = counter
      let intake = OTLPIntake(settings: settings, now: now, sinks: sinks, counter: counter)
      waiting = WaitingBytes(bound: settings.waitingLimit)
      calls = OTLPgRPCCalls(intake: intake, waiting: waiting, counter: counter)
    }

    public var counts: ReceiverCounts { counter.withLock { $0 } }

    public func start(onBound: @escaping @Sendable (_ port: Int) -> Void)
      async throws(ConnectorError)
    {
      let serving = try phase.withLock { phase throws(ConnectorError) in
        guard case .idle = phase else { throw .spent }
        let server = GRPCServer(transport: try transport(), router: calls.router())
        let serving = Serving(server: server, task: Task { try await server.serve() })
        phase = .serving(serving)
        return serving
      }
      let outcome = await withTaskCancellationHandler {
        if let port = await boundPort(of: serving) {
          serving.isBound.withLock { $0 = true }
          onBound(port)
        }
        return await serving.task.result
      } onCancel: {
        serving.task.cancel()
      }
      let wasStopped = phase.withLock { phase in
        defer { phase = .stopped(serving) }
        guard case .stopped = phase else { return Task.isCancelled }
        return true
      }
      guard !serving.isBound.withLock({ $0 }) else { return }
      // Whatever keeps a server that is stopped while it binds from listening.
      if wasStopped { throw .stopped }
      switch outcome {
      case .success, .failure(is CancellationError): throw .stopped
      case .failure(let error):
        throw ConnectorError(Self.cause(of: error), address: address, option: OTLPgRPC.option)
      }
    }

    /// Nil when it never came to that, or was stopped meanwhile.
    private func boundPort(of serving: Serving) async -> Int? {
      guard let bound = try? await serving.server.transport.listeningAddress else { return nil }
      return phase.withLock { phase in
        guard case .serving = phase else {
          serving.task.cancel()
          return nil
        }
        return bound.ipv4?.port ?? bound.ipv6?.port ?? address.port
      }
    }

    public func stop() async {
      let before = phase.withLock { phase in
        let before = phase
        switch before {
        case .idle: phase = .stopped(nil)
        case .serving(let serving): phase = .stopped(serving)
        case .stopped: break
        }
        return before
      }
      switch before {
      case .idle: return
      case .serving(let serving):
        if serving.isBound.withLock({ $0 }) {
          await end(serving)
        } else {
          _ = await serving.task.result
        }
      case .stopped(let serving): _ = await serving?.task.result
      }
    }

    private func end(_ serving: Serving) async {
      let graceTime = settings.graceTime
      let deadline = Task {
        try await Task.sleep(for: graceTime)
        serving.task.cancel()
      }
      serving.server.beginGracefulShutdown()
      _ = await serving.task.result
      deadline.cancel()
    }
  }

  extension OTLPgRPCReceiver {
    /// Bytes a sender may have under way before it waits for a word that they were read: HTTP/2's own 64 KiB would hold
    /// every batch of spans up for several round trips.
    private static let windowSize = 8 * 1_048_576

    private func transport() throws(ConnectorError) -> HTTP2ServerTransport.Posix {
      let settings = settings
      let counter = counter
      let waiting = waiting
      let connections = OpenConnections(limit: settings.connectionLimit)
      return HTTP2ServerTransport.Posix(
        address: try resolved(), transportSecurity: .plaintext,
        config: .defaults { config in
          config.compression.enabledAlgorithms = [.gzip, .deflate]
          config.rpc.maxRequestPayloadSize = settings.bodyLimit
          config.http2.targetWindowSize = Self.windowSize
          config.http2.maxFrameSize = 1_048_576
          config.connection.maxIdleTime = nil
          // Who is there answers, and so does not stand still.
          config.connection.keepalive.time = settings.idleTime / 3
          config.connection.keepalive.timeout = settings.idleTime
          config.connection.keepalive.clientBehavior.allowWithoutCalls = true
          config.connection.keepalive.clientBehavior.minPingIntervalWithoutCalls = .seconds(10)
          config.channelDebuggingCallbacks.onAcceptTCPConnection = { channel in
            guard connections.opened(channel) else {
              counter.withLock { $0.reject(for: .overloaded) }
              return channel.close()
            }
            // An answer goes out at once, and does not wait until there is more to send.
            return channel.setOption(.tcpOption(.tcp_nodelay), value: 1).flatMap {
              StillConnection.watch(channel, idleTime: settings.idleTime)
            }.flatMapThrowing {
              try channel.pipeline.syncOperations.addHandler(
                PlainHTTPGuard(counter: counter, lingerTime: TimeAmount(settings.lingerTime)), position: .first)
            }
          }
          config.channelDebuggingCallbacks.onAcceptHTTP2Stream = { channel in
            channel.eventLoop.makeCompletedFuture {
              try channel.pipeline.syncOperations.addHandler(
                StreamGuard(settings: settings, waiting: waiting, counter: counter, connections: connections),
                position: .first)
            }
          }
        })
    }

    /// gRPC's transport takes numbers alone.
    private func resolved() throws(ConnectorError) -> GRPCNIOTransportHTTP2Posix.SocketAddress {
      do {
        let found = try NIOCore.SocketAddress.makeAddressResolvingHost(
          address.host, port: address.port)
        guard let host = found.ipAddress else {
          throw ConnectorError.unknownHost(address, option: OTLPgRPC.option)
        }
        return found.protocol == .inet6
          ? .ipv6(host: host, port: address.port) : .ipv4(host: host, port: address.port)
      } catch {
        throw ConnectorError(error, address: address, option: OTLPgRPC.option)
      }
    }

    /// What the system said, below gRPC's own words for it.
    private static func cause(of error: any Error) -> any Error {
      var error = error
      while let outer = error as? RuntimeError, let inner = outer.cause { error = inner }
      return error
    }
  }
#endif

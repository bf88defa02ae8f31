// Connectors: how real systems reach this program. It listens for what they report, checks it, and hands it on in the
// vocabulary of TraceModel, laid out as the collector takes it. An attached system is what the reports of one make up.
// It never draws and asks no clock: who makes a receiver says what time it is and where things go.

/// Takes in what real systems report, from its start until it is stopped.
///
/// It serves once: start, stop, and make another one. Use ``ReceiverHost`` where the program is not asynchronous.
public protocol Receiver: Sendable {
  /// The protocol it speaks, as the screen says it: `zipkin`.
  var name: String { get }
  var address: ListenAddress { get }
  /// What came in so far. From any thread.
  var counts: ReceiverCounts { get }

  /// Binds, then serves until ``stop()`` or until the calling task is cancelled.
  ///
  /// - Parameter onBound: told the port once connections are accepted; never called when this throws.
  /// - Throws: why it never listened; once it has, it does not throw.
  func start(onBound: @escaping @Sendable (_ port: Int) -> Void) async throws(ConnectorError)

  /// Stops listening, lets requests under way end for ``ReceiverSettings/graceTime``, then closes every connection.
  ///
  /// Returns once nothing is served any more. Does nothing when it does not run.
  func stop() async
}

extension Receiver {
  /// Binds, then serves until ``stop()`` or until the calling task is cancelled.
  public func start() async throws(ConnectorError) { try await start { _ in } }
}

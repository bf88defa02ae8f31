import Concurrency
import Connectors
import Foundation
import NIOCore
import NIOPosix
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct ReceiverLifecycleTests {
  private func receiver(_ address: ListenAddress, graceTime: Duration = .milliseconds(50)) -> ZipkinReceiver {
    var settings = ReceiverSettings()
    settings.graceTime = graceTime
    return ZipkinReceiver(address: address, settings: settings, now: { 0 }) { _ in }
  }

  @Test func aPortInUseIsToldAsOneSentence() async throws {
    try await RunningReceiver.run { running async throws in
      let port = running.client.port
      let second = receiver(ListenAddress(port: port))
      let error = await #expect(throws: ConnectorError.self) { try await second.start() }
      #expect(error == .portInUse(ListenAddress(port: port), option: "--zipkin"))
      #expect(error?.description == "port \(port) on 127.0.0.1 is in use: choose another with --zipkin PORT")
      #expect(try await running.client.post("[]")?.status == 202)
    }
  }

  @Test func anAddressOfAnotherMachineIsRefused() async throws {
    let foreign = receiver(ListenAddress(host: "192.0.2.1", port: 0))
    let error = await #expect(throws: ConnectorError.self) { try await foreign.start() }
    #expect(error == .foreignAddress(ListenAddress(host: "192.0.2.1", port: 0), option: "--zipkin"))
  }

  @Test func aHostWithoutAnAddressIsRefused() async throws {
    let address = ListenAddress(host: "a..b", port: 0)
    let nowhere = receiver(address)
    let error = await #expect(throws: ConnectorError.self) { try await nowhere.start() }
    #expect(error == .unknownHost(address, option: "--zipkin"))
  }

  @Test func itServesOnce() async throws {
    try await RunningReceiver.run { running async throws in
      await #expect(throws: ConnectorError.spent) { try await running.receiver.start() }
    }
    let stopped = receiver(ListenAddress(port: 0))
    await stopped.stop()
    await #expect(throws: ConnectorError.spent) { try await stopped.start() }
  }

  @Test func stoppingClosesConnectionsThatStandStill() async throws {
    let receiver = receiver(ListenAddress(port: 0))
    let serving = try await Serving { try await receiver.start(onBound: $0) }
    let client = LoopbackClient(port: serving.port)
    // One connection idle, one in the middle of a body, one that was refused before its body; none ever reads or closes.
    let heads = [
      "", "POST /api/v2/spans HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n[",
      "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n",
    ]
    var channels: [any Channel] = []
    for head in heads {
      let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .channelOption(.autoRead, value: false).channelOption(.allowRemoteHalfClosure, value: true)
        .connect(host: "127.0.0.1", port: client.port).get()
      try await channel.writeAndFlush(ByteBuffer(string: head))
      channels.append(channel)
    }
    // Connections are served in the order in which they were opened.
    #expect(try await client.post("[]")?.status == 202)
    await receiver.stop()
    try await serving.task.value
    for channel in channels { try? await channel.close() }
    await receiver.stop()
    await #expect(throws: (any Error).self) { try await client.post("[]") }
  }

  @Test(arguments: 0..<20)
  func stoppingAtAnyMomentOfTheStartEndsIt(delay: Int) async throws {
    let receiver = receiver(ListenAddress(port: 0))
    let isBound = Locked(false)
    let serving = Task { try await receiver.start { _ in isBound.withLock { $0 = true } } }
    for _ in 0..<delay { await Task.yield() }
    await receiver.stop()
    switch await serving.result {
    case .success: #expect(isBound.withLock { $0 })
    case .failure(let error):
      #expect(!isBound.withLock { $0 })
      #expect(error as? ConnectorError == .stopped || error as? ConnectorError == .spent)
    }
  }

  @Test func cancellingTheTaskStopsItToo() async throws {
    let receiver = receiver(ListenAddress(port: 0))
    let serving = try await Serving { try await receiver.start(onBound: $0) }
    let client = LoopbackClient(port: serving.port)
    #expect(try await client.post("[]")?.status == 202)
    serving.task.cancel()
    try await serving.task.value
    await #expect(throws: (any Error).self) { try await client.post("[]") }
  }

  @Test func aHostStartsAndStopsFromAnOrdinaryThread() async throws {
    let receiver = receiver(ListenAddress(port: 0))
    let host = ReceiverHost(receiver)
    let port = try await onThread { () throws(ConnectorError) in try host.start() }.get()
    #expect(port > 0)
    #expect(try await LoopbackClient(port: port).post("[]")?.status == 202)
    let second = ReceiverHost(self.receiver(ListenAddress(port: port)))
    let failure = await onThread { () throws(ConnectorError) in try second.start() }
    #expect(failure == .failure(.portInUse(ListenAddress(port: port), option: "--zipkin")))
    _ = await onThread { () throws(ConnectorError) in host.stop() }
    _ = await onThread { () throws(ConnectorError) in host.stop() }
    await #expect(throws: (any Error).self) { try await LoopbackClient(port: port).post("[]") }
    // The port is free again.
    let third = ReceiverHost(self.receiver(ListenAddress(port: port)))
    #expect(try await onThread { () throws(ConnectorError) in try third.start() }.get() == port)
    _ = await onThread { () throws(ConnectorError) in third.stop() }
  }

  /// Blocks a thread of its own, as a synchronous program would.
  private func onThread<Value: Sendable>(
    _ body: @escaping @Sendable () throws(ConnectorError) -> Value
  ) async -> Result<Value, ConnectorError> {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(returning: Result { () throws(ConnectorError) in try body() })
      }
    }
  }
}

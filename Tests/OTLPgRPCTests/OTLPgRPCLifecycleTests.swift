import OTLPgRPC
import Testing

#if GRPC
  import Connectors
  import TestSupport
#endif

@Suite(.timeLimit(.minutes(1))) struct OTLPgRPCLifecycleTests {
  @Test func itIsThereWhereItWasAskedFor() {
    #if GRPC
      #expect(OTLPgRPC.isBuiltIn)
    #else
      #expect(!OTLPgRPC.isBuiltIn)
    #endif
    #expect(OTLPgRPC.usualPort == 4317)
  }

  #if GRPC
    private func receiver(_ address: ListenAddress) -> OTLPgRPCReceiver {
      var settings = ReceiverSettings()
      settings.graceTime = .milliseconds(50)
      return OTLPgRPCReceiver(
        address: address, settings: settings, now: { 0 }, sinks: OTLPSinks(spans: { _ in }))
    }

    @Test func aPortInUseIsToldAsOneSentence() async throws {
      try await GRPCExporter.run { exporter async throws in
        let second = receiver(ListenAddress(port: exporter.port))
        let error = await #expect(throws: ConnectorError.self) { try await second.start() }
        #expect(
          error?.description
            == "port \(exporter.port) on 127.0.0.1 is in use: choose another with --otlp-grpc PORT")
      }
    }

    @Test func addressesThatAreNotHere() async throws {
      for (host, expected) in [
        ("192.0.2.1", "is not an address of this machine"), ("a..b", "there is no host a..b"),
      ] {
        let foreign = receiver(ListenAddress(host: host, port: 0))
        let error = await #expect(throws: ConnectorError.self) { try await foreign.start() }
        #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
      }
    }

    @Test func itServesOnce() async throws {
      let stopped = receiver(ListenAddress(port: 0))
      await stopped.stop()
      await #expect(throws: ConnectorError.spent) { try await stopped.start() }
    }

    @Test(arguments: 0..<10)
    func stoppingAtAnyMomentOfTheStartEndsIt(delay: Int) async throws {
      let receiver = receiver(ListenAddress(host: "localhost", port: 0))
      let serving = Task { try await receiver.start() }
      for _ in 0..<delay { await Task.yield() }
      await receiver.stop()
      if case .failure(let error) = await serving.result {
        #expect(error as? ConnectorError == .stopped || error as? ConnectorError == .spent)
      }
    }

    @Test func cancellingTheTaskStopsItToo() async throws {
      let receiver = receiver(ListenAddress(port: 0))
      let serving = try await Serving { try await receiver.start(onBound: $0) }
      #expect(serving.port > 0)
      serving.task.cancel()
      try await serving.task.value
    }
  #endif
}

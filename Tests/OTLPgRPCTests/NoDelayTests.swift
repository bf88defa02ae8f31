#if GRPC
  import Foundation
  import Testing

  @Suite(.timeLimit(.minutes(1))) struct NoDelayTests {
    /// Sockets of this process that somebody's connection to `port` was accepted as.
    private func accepted(at port: Int) -> [Int32] {
      (0..<4_096).filter { socket in
        var local = sockaddr_in()
        var other = sockaddr_in()
        return name(of: socket, getsockname, &local) && name(of: socket, getpeername, &other)
          && local.sin_port == UInt16(port).bigEndian
      }
    }

    private func name(
      of socket: Int32, _ ask: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32,
      _ address: inout sockaddr_in
    ) -> Bool {
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let isSocket = withUnsafeMutablePointer(to: &address) { address in
        address.withMemoryRebound(to: sockaddr.self, capacity: 1) { ask(socket, $0, &length) == 0 }
      }
      return isSocket && address.sin_family == sa_family_t(AF_INET)
    }

    /// A peer without it loses most of its rate: each answer waits for a word about the one before.
    @Test func answersDoNotWaitForMore() async throws {
      try await GRPCExporter.run { exporter async throws in
        let options = try await RawHTTP2.run(port: exporter.port) { connection in
          try await connection.greet()
          _ = try await connection.frames { $0.type == RawHTTP2.Frame.settings }
          return accepted(at: exporter.port).map { socket in
            var isOn: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            return getsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, &length) == 0 && isOn != 0
          }
        }
        #expect(!options.isEmpty && options.allSatisfy { $0 })
      }
    }
  }
#endif

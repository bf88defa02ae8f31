import NIOCore
import NIOPosix

/// Speaks HTTP/1.1 to 127.0.0.1 byte for byte, so that tests can send what no proper client would.
struct LoopbackClient {
  struct Answer: Equatable {
    var status: Int
    /// Lower-case names.
    var headers: [String: String]
    var body: String
  }

  var port: Int

  /// Sends each part after the one before, then reads to the end of the connection.
  ///
  /// - Returns: all that came back, as text.
  func exchange(_ parts: [ByteBuffer], closesOutput: Bool = false) async throws -> String {
    let channel = try await connect()
    return try await channel.executeThenClose { inbound, outbound in
      for part in parts { try await outbound.write(part) }
      if closesOutput { outbound.finish() }
      var all = ""
      for try await part in inbound { all += String(buffer: part) }
      return all
    }
  }

  /// A connection that ends itself after ten seconds, whatever the other side does.
  func connect() async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
    try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .connectTimeout(.seconds(10))
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          channel.eventLoop.scheduleTask(in: .seconds(10)) { channel.close(promise: nil) }
          return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
      }
  }

  /// One request on a connection of its own. `headers` without one for the length get it.
  func request(
    _ method: String, _ path: String, headers: [String] = ["Content-Type: application/json"], body: [UInt8] = []
  ) async throws -> Answer? {
    var lines = ["\(method) \(path) HTTP/1.1", "Host: localhost", "Connection: close"] + headers
    if !headers.contains(where: { $0.hasPrefix("Content-Length") || $0.hasPrefix("Transfer-Encoding") }) {
      lines.append("Content-Length: \(body.count)")
    }
    var head = ByteBuffer(string: lines.joined(separator: "\r\n") + "\r\n\r\n")
    head.writeBytes(body)
    return Self.parse(try await exchange([head])).last
  }

  func post(_ body: String, headers: [String] = ["Content-Type: application/json"]) async throws -> Answer? {
    try await request("POST", "/api/v2/spans", headers: headers, body: Array(body.utf8))
  }

  /// Every answer in `text`, informational ones without a body included.
  static func parse(_ text: String) -> [Answer] {
    var answers: [Answer] = []
    var rest = Array(text.utf8)[...]
    while let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) {
      let lines = String(decoding: rest[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
      rest = rest[end.upperBound...]
      var headers: [String: String] = [:]
      for line in lines.dropFirst() {
        let parts = line.split(separator: ": ", maxSplits: 1)
        headers[parts[0].lowercased()] = parts.count > 1 ? String(parts[1]) : ""
      }
      let length = Int(headers["content-length"] ?? "") ?? 0
      let body = String(decoding: rest.prefix(length), as: UTF8.self)
      rest = rest.dropFirst(length)
      let status = lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
      answers.append(Answer(status: status, headers: headers, body: body))
    }
    return answers
  }
}

internal import Concurrency
internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import TraceModel

/// Answers one request after another, each to the end: checks, gathers, decodes, hands on.
final class ZipkinRequestHandler: Sendable {
  private let limit: Int
  private let lingerTime: TimeAmount
  private let collector: BodyCollector
  private let intake: ZipkinIntake
  private let counter: Locked<ReceiverCounts>

  init(settings: ReceiverSettings, intake: ZipkinIntake, counter: Locked<ReceiverCounts>) {
    limit = settings.bodyLimit
    lingerTime = TimeAmount(settings.lingerTime)
    collector = BodyCollector(limit: settings.bodyLimit, bound: settings.waitingLimit)
    self.intake = intake
    self.counter = counter
  }

  // The server writes an answer from no actor: whoever hands it a writer has to be there, too.
  @concurrent
  func respond(to request: Request, with writer: consuming ResponseWriter, on channel: any Channel) async throws {
    if let answer = refusal(of: request) {
      try await send(answer, to: request, with: writer, on: channel)
      return
    }
    guard request.uri.path == Self.spansPath else {
      let response = ReceiverAnswer(status: .ok, text: request.method == .head ? "" : "ok").response
      try await writer.write(response: response.head, body: response.body)
      return
    }
    let announced = request.headers[.contentLength].flatMap { Int($0) }
    if request.headers[.expect]?.lowercased() == "100-continue", announced ?? 0 <= limit {
      try await writer.writeInformationalHead(HTTPResponse(status: .continue))
    }
    let encoding = Self.encoding(of: request)
    let counter = counter
    let answer: ReceiverAnswer
    do {
      answer = try await collector.collect(request.body, announced: announced) { count in
        counter.withLock { $0.bytes += UInt64(count) }
      } use: { outcome in
        switch outcome {
        case .whole(let body): await intake.take(body, isCompressed: encoding != nil)
        case .tooLarge: intake.tooLarge.beforeBody()
        case .overloaded: Self.overloaded.beforeBody()
        case .interrupted: Self.interrupted.beforeBody()
        }
      }
    } catch {
      // The connection broke, or what came is not HTTP: the server ends it.
      counter.withLock { $0.reject(for: .interrupted) }
      throw error
    }
    try await send(answer, to: request, with: writer, on: channel)
  }

  @concurrent
  private func send(
    _ answer: ReceiverAnswer, to request: Request, with writer: consuming ResponseWriter, on channel: any Channel
  ) async throws {
    if let rejection = answer.rejection {
      counter.withLock { $0.reject(for: rejection) }
    }
    let response = answer.response
    let body = request.method == .head ? ResponseBody() : response.body
    try await writer.write(response: response.head, body: body)
    if answer.leavesBodyUnread {
      channel.eventLoop.scheduleTask(in: lingerTime) { channel.close(promise: nil) }
    }
  }
}

// What is turned away before its body is read.
extension ZipkinRequestHandler {
  static let spansPath = "/api/v2/spans"
  static let healthPath = "/health"

  private static let overloaded = ReceiverAnswer.rejected(
    .serviceUnavailable, .overloaded, "too many spans wait to be read: send them again later",
    headers: [.retryAfter: "1"])
  private static let interrupted = ReceiverAnswer.rejected(
    .badRequest, .interrupted, "the body ended before its announced length")

  /// The answer to a request whose body is of no interest; nil to go on.
  private func refusal(of request: Request) -> ReceiverAnswer? {
    let answer: ReceiverAnswer?
    switch request.uri.path {
    case Self.spansPath: answer = refusalOfSpans(request)
    case Self.healthPath:
      answer = request.method == .get || request.method == .head ? nil : Self.wrongMethod(allowed: "GET, HEAD")
    default:
      answer = .rejected(
        .notFound, .unknownPath,
        "there is nothing at \(Excerpt.of(request.uri.path)): POST spans to \(Self.spansPath), GET \(Self.healthPath)")
    }
    guard let answer else { return nil }
    let hasBody = request.method != .get && request.method != .head
    return hasBody ? answer.beforeBody() : answer
  }

  private static func wrongMethod(allowed: String) -> ReceiverAnswer {
    .rejected(.methodNotAllowed, .wrongMethod, "this path takes \(allowed)", headers: [.allow: allowed])
  }

  private func refusalOfSpans(_ request: Request) -> ReceiverAnswer? {
    guard request.method == .post else { return Self.wrongMethod(allowed: "POST") }
    if let type = request.headers[.contentType], !Self.isReadAsJSON(type) {
      return .rejected(
        .unsupportedMediaType, .unsupportedType,
        "the body is declared as \(Excerpt.of(type)): send JSON with the header Content-Type: application/json")
    }
    if let encoding = Self.encoding(of: request), !["gzip", "x-gzip", "deflate"].contains(encoding) {
      return .rejected(
        .unsupportedMediaType, .unsupportedEncoding,
        "the body is encoded as \(Excerpt.of(encoding)): send it plain or as gzip", headers: [.acceptEncoding: "gzip"])
    }
    return nil
  }

  /// A form is what `curl -d` declares when nobody tells it otherwise; Zipkin's own server reads that as JSON, too.
  private static func isReadAsJSON(_ type: String) -> Bool {
    let media = (type.split(separator: ";", omittingEmptySubsequences: false).first ?? "").lowercased()
    let words = media.split(separator: " ")
    return words == ["application/json"] || words == ["application/x-www-form-urlencoded"]
  }

  /// Lower case; nil for a plain body.
  private static func encoding(of request: Request) -> String? {
    guard let encoding = request.headers[.contentEncoding]?.lowercased() else { return nil }
    return encoding.isEmpty || encoding == "identity" ? nil : encoding
  }
}

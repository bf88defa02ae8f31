internal import Concurrency
internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTP1

/// Answers one request after another, each to the end: checks, gathers, has it decoded and handed on.
final class HTTPRequestHandler: Sendable {
  private let settings: ReceiverSettings
  private var limit: Int { settings.bodyLimit }
  private let collector: BodyCollector
  private let intake: HTTPBodyIntake
  private let routes: [any HTTPRoute]
  private let connections: OpenConnections

  /// - Precondition: there is a route.
  init(settings: ReceiverSettings, routes: [any HTTPRoute]) {
    precondition(!routes.isEmpty, "A receiver takes something.")
    self.settings = settings
    connections = OpenConnections(limit: settings.connectionLimit)
    collector = BodyCollector(limit: settings.bodyLimit, bound: settings.waitingLimit)
    intake = HTTPBodyIntake(limit: settings.bodyLimit)
    self.routes = routes
  }

  /// What stands on a connection before anything comes here. What is no request counts with the first route's protocol.
  func requestGuard() -> RequestGuard {
    RequestGuard(settings: settings, connections: connections) { [route = routes[0]] refusal in
      route.counter.withLock { $0.reject(for: refusal.reason) }
      return route.answer(refusal, to: nil)
    }
  }

  // The server writes an answer from no actor: whoever hands it a writer has to be there, too.
  @concurrent
  func respond(to request: Request, with writer: consuming ResponseWriter, on channel: any Channel) async throws {
    let type = request.headers[.contentType]
    let route = routes.first { $0.path == request.uri.path }
    if route != nil, var answer = settings.allowedOrigins.preflight(request) {
      answer.leavesBodyUnread = Self.announcesBody(request)
      try await send(answer, to: request, with: writer, on: channel)
      return
    }
    if let refusal = refusal(of: request, at: route) {
      let hasBody = request.method != .get && request.method != .head || Self.announcesBody(request)
      let answer = answer(refusal, by: route ?? routes[0], to: type, leavesBodyUnread: hasBody)
      try await send(answer, to: request, with: writer, on: channel)
      return
    }
    guard let route else {
      var answer = ReceiverAnswer.text(.ok, "ok")
      answer.leavesBodyUnread = Self.announcesBody(request)
      try await send(answer, to: request, with: writer, on: channel)
      return
    }
    let announced = request.headers[.contentLength].flatMap { Int($0) }
    if request.headers[.expect]?.lowercased() == "100-continue", announced ?? 0 <= limit {
      try await writer.writeInformationalHead(HTTPResponse(status: .continue))
    }
    let answer: ReceiverAnswer
    do {
      answer = try await collector.collect(request.body, announced: announced) { count in
        route.counter.withLock { $0.bytes += UInt64(count) }
      } use: { outcome in
        await self.answer(outcome, of: request, at: route)
      }
    } catch {
      // The connection broke: nobody is there to answer to.
      route.counter.withLock { $0.reject(for: .interrupted) }
      throw error
    }
    try await send(answer, to: request, with: writer, on: channel)
  }

  private func answer(
    _ outcome: BodyCollector.Outcome, of request: Request, at route: any HTTPRoute
  ) async -> ReceiverAnswer {
    let type = request.headers[.contentType]
    do throws(Refusal) {
      switch outcome {
      case .whole(let body):
        return try await intake.take(body, encoding: Self.encoding(of: request), type: type, by: route)
      case .tooLarge: throw .tooLarge(limit: limit, subject: route.subject)
      case .overloaded:
        throw Refusal(
          .serviceUnavailable, .overloaded, "too many \(route.subject) wait to be read: send them again later",
          headers: [.retryAfter: "1"])
      case .interrupted:
        throw Refusal(
          .badRequest, .interrupted, "the connection ended before the whole body had come: send it again")
      case .slow:
        throw Refusal(
          .requestTimeout, .interrupted, "the body took too long to come: send fewer \(route.subject) at a time")
      case .malformed(let error): throw Refusal(.badRequest, .malformedBody, error.sentence)
      }
    } catch {
      guard case .whole = outcome else { return answer(error, by: route, to: type, leavesBodyUnread: true) }
      return answer(error, by: route, to: type, leavesBodyUnread: false)
    }
  }

  /// The answer to what was turned away, counted.
  private func answer(
    _ refusal: Refusal, by route: any HTTPRoute, to type: String?, leavesBodyUnread: Bool
  ) -> ReceiverAnswer {
    route.counter.withLock { $0.reject(for: refusal.reason) }
    var answer = route.answer(refusal, to: type)
    answer.leavesBodyUnread = leavesBodyUnread
    return answer
  }

  @concurrent
  private func send(
    _ answer: ReceiverAnswer, to request: Request, with writer: consuming ResponseWriter, on channel: any Channel
  ) async throws {
    var answer = answer
    for header in settings.allowedOrigins.headers(forAnswerTo: request) { answer.headers[header.name] = header.value }
    let response = answer.response(isHead: request.method == .head)
    try await writer.write(response: response.head, body: response.body)
    if answer.leavesBodyUnread {
      channel.eventLoop.scheduleTask(in: TimeAmount(settings.lingerTime)) { channel.close(promise: nil) }
    }
  }
}

// What is turned away before its body is read.
extension HTTPRequestHandler {
  static let healthPath = "/health"

  /// Why the body of a request is of no interest; nil to go on. Without a route it is about the path.
  private func refusal(of request: Request, at route: (any HTTPRoute)?) -> Refusal? {
    if let route { return refusalOfBody(request, at: route) }
    guard request.uri.path == Self.healthPath else {
      let ways = routes.map { "\($0.subject) to \($0.path)" }.joined(separator: ", ")
      return Refusal(
        .notFound, .unknownPath,
        "there is nothing at \(Excerpt.of(request.uri.path)): POST \(ways), GET \(Self.healthPath)")
    }
    return request.method == .get || request.method == .head ? nil : Self.wrongMethod(allowed: "GET, HEAD")
  }

  private static func wrongMethod(allowed: String) -> Refusal {
    Refusal(.methodNotAllowed, .wrongMethod, "this path takes \(allowed)", headers: [.allow: allowed])
  }

  private func refusalOfBody(_ request: Request, at route: any HTTPRoute) -> Refusal? {
    if let refusal = settings.allowedOrigins.refusal(of: request) { return refusal }
    guard request.method == .post else { return Self.wrongMethod(allowed: "POST") }
    if let refusal = route.refusal(ofType: request.headers[.contentType]) { return refusal }
    if let encoding = Self.encoding(of: request), !["gzip", "x-gzip", "deflate"].contains(encoding) {
      return Refusal(
        .unsupportedMediaType, .unsupportedEncoding,
        "the body is encoded as \(Excerpt.of(encoding)): send it plain, as gzip or as deflate",
        headers: [.acceptEncoding: "gzip, deflate"])
    }
    return nil
  }

  /// Whether something comes that nobody reads where the method wants no body.
  private static func announcesBody(_ request: Request) -> Bool {
    request.headers[.transferEncoding] != nil || request.headers[.contentLength].map { $0 != "0" } ?? false
  }

  /// Lower case; nil for a plain body.
  private static func encoding(of request: Request) -> String? {
    guard let encoding = request.headers[.contentEncoding]?.lowercased() else { return nil }
    return encoding.isEmpty || encoding == "identity" ? nil : encoding
  }
}

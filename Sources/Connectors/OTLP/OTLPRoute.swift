internal import Concurrency
internal import HTTPTypes
internal import OTLPMessages
internal import SwiftProtobuf

/// Where OTLP's exporters send one kind of data to, as protobuf or JSON. The answer is of the request's type.
struct OTLPRoute: HTTPRoute {
  enum Signal: String, CaseIterable, Sendable {
    case traces, metrics, logs
  }

  let signal: Signal
  let intake: OTLPIntake
  let counter: Locked<ReceiverCounts>

  var path: String { "/v1/\(signal.rawValue)" }

  var subject: String {
    switch signal {
    case .traces: "spans"
    case .metrics: "metrics"
    case .logs: "log records"
    }
  }

  private enum Format: String {
    case protobuf = "application/x-protobuf"
    case json = "application/json"
  }

  func refusal(ofType type: String?) -> Refusal? {
    guard Format(rawValue: MediaType.name(type)) == nil else { return nil }
    let declared = type.map { "declared as \(Excerpt.of($0))" } ?? "of no declared type"
    return Refusal(
      .unsupportedMediaType, .unsupportedType,
      "the body is \(declared): send it with the header Content-Type: application/x-protobuf or application/json")
  }

  func take(_ body: [UInt8], type: String?) throws(Refusal) -> ReceiverAnswer {
    let format = Format(rawValue: MediaType.name(type)) ?? .json
    do throws(OTLPFault) {
      switch signal {
      case .traces where format == .protobuf:
        return Self.answer(try intake.takeTraces(body), format)
      case .traces:
        return Self.answer(try body.isEmpty ? intake.take(OTLP.TracesRequest()) : intake.takeTraces(json: body), format)
      case .metrics:
        return Self.answer(try intake.take(try Self.read(body, format, OTLPJSONReader.metrics)), format)
      case .logs:
        return Self.answer(try intake.take(try Self.read(body, format, OTLPJSONReader.logs)), format)
      }
    } catch {
      if error.isTooLarge { throw Refusal(.contentTooLarge, .tooLarge, error.description) }
      throw Refusal(.badRequest, error.isMalformed ? .malformedBody : .invalidSpan, error.description)
    }
  }

  /// An empty body holds nothing, in either format.
  private static func read<Request: Message>(
    _ body: [UInt8], _ format: Format, _ json: ([UInt8]) throws(OTLPFault) -> Request
  ) throws(OTLPFault) -> Request {
    guard !body.isEmpty else { return Request() }
    switch format {
    case .json:
      try OTLPParts.check(json: body)
      return try json(body)
    case .protobuf: return try OTLPProtobuf.read(body)
    }
  }

  private static func answer(_ message: some Message, _ format: Format, status: HTTPResponse.Status = .ok)
    -> ReceiverAnswer
  {
    do {
      let body: [UInt8] =
        switch format {
        case .protobuf: try message.serializedBytes()
        case .json: try message.jsonUTF8Bytes()
        }
      return ReceiverAnswer(status, body, type: format.rawValue)
    } catch {
      preconditionFailure("A message without required fields or nested Any has a form: \(error)")
    }
  }

  /// Where nothing tells which type is wanted, whoever asked may be a person.
  func answer(_ refusal: Refusal, to type: String?) -> ReceiverAnswer {
    var status = OTLP.RefusalStatus()
    status.code = Self.code(of: refusal.status)
    status.message = refusal.sentence
    var answer = Self.answer(status, Format(rawValue: MediaType.name(type)) ?? .json, status: refusal.status)
    answer.headers = refusal.headers
    return answer
  }

  /// The number of `google.rpc.Code`.
  private static func code(of status: HTTPResponse.Status) -> Int32 {
    switch status {
    case .requestTimeout: 4
    case .notFound: 5
    case .forbidden: 7
    case .contentTooLarge: 8
    case .methodNotAllowed: 12
    case .serviceUnavailable: 14
    default: 3
    }
  }
}

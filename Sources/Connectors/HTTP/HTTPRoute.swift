internal import Concurrency
internal import HTTPTypes

/// One path of a receiver that takes bodies, and the language its protocol answers in.
protocol HTTPRoute: Sendable {
  /// `/api/v2/spans`
  var path: String { get }
  /// What is sent there, in the plural: `spans`.
  var subject: String { get }
  /// Shared by all routes of one protocol.
  var counter: Locked<ReceiverCounts> { get }

  /// Why a body of that type is not read; nil when it is.
  ///
  /// - Parameter type: as the sender wrote it; nil when it did not.
  func refusal(ofType type: String?) -> Refusal?

  /// Hands on all that `body` holds, and counts it; or hands on nothing and says why.
  func take(_ body: [UInt8], type: String?) throws(Refusal) -> ReceiverAnswer

  /// How `refusal` is told to somebody who sent, or wanted to send, a body of that type.
  func answer(_ refusal: Refusal, to type: String?) -> ReceiverAnswer
}

/// Why a request was turned away.
struct Refusal: Error, Sendable, Equatable {
  var status: HTTPResponse.Status
  var reason: RejectionReason
  /// One sentence that says what would be right.
  var sentence: String
  var headers: HTTPFields = [:]

  init(_ status: HTTPResponse.Status, _ reason: RejectionReason, _ sentence: String, headers: HTTPFields = [:]) {
    self.status = status
    self.reason = reason
    self.sentence = sentence
    self.headers = headers
  }
}

/// The type of a body: `application/json` out of `Application/JSON; charset=utf-8`.
enum MediaType {
  /// Lower case, without parameters; empty for none.
  static func name(_ type: String?) -> String {
    let media = type?.split(separator: ";", omittingEmptySubsequences: false).first?.lowercased() ?? ""
    let words = media.split(separator: " ", omittingEmptySubsequences: true)
    return words.count == 1 ? String(words[0]) : media
  }
}

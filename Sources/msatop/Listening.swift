import ArgumentParser
import Connectors
import OTLPgRPC
import Wording

/// Whether a receiver is wanted, and where it listens.
enum Listening: Equatable {
  case off
  case at(ListenAddress)

  /// Reads `off`, `4318` or `0.0.0.0:4318`.
  init(parsing text: String) throws(ConnectorError) {
    self = text == "off" ? .off : .at(try ListenAddress(parsing: text))
  }

  /// Nil where it is off.
  var address: ListenAddress? {
    if case .at(let address) = self { address } else { nil }
  }
}

/// What one place says of the receivers: the command line, the environment or a file. What it does not say is left to the
/// next one.
struct ReceiverChoice: Equatable {
  var zipkin: Listening?
  var otlpHTTP: Listening?
  var otlpGRPC: Listening?
  /// Origins whose web pages may report over HTTP.
  var origins: AllowedOrigins?

  init() {}

  /// - Parameter otlp: true: both of OTLP at their usual ports, where this place says nothing else of them; false: off. It
  ///   stands over what a place behind this one says of either.
  init(
    otlp: Bool?, otlpHTTP: Listening?, otlpGRPC: Listening?, zipkin: Listening?, origins: AllowedOrigins?
  ) {
    (self.zipkin, self.origins) = (zipkin, origins)
    self.otlpHTTP = otlpHTTP ?? Self.usual(otlp, OTLPReceiver.usualPort)
    self.otlpGRPC = otlpGRPC ?? (OTLPgRPC.isBuiltIn ? Self.usual(otlp, OTLPgRPC.usualPort) : nil)
  }

  private static func usual(_ otlp: Bool?, _ port: Int) -> Listening? {
    otlp.map { $0 ? .at(ListenAddress(port: port)) : .off }
  }

  /// This, and where it says nothing, `other`.
  func or(_ other: ReceiverChoice) -> ReceiverChoice {
    var choice = self
    choice.zipkin = zipkin ?? other.zipkin
    choice.otlpHTTP = otlpHTTP ?? other.otlpHTTP
    choice.otlpGRPC = otlpGRPC ?? other.otlpGRPC
    choice.origins = origins ?? other.origins
    return choice
  }

  /// Whether anything is to be listened for.
  var isOpen: Bool { hearsHTTP || otlpGRPC?.address != nil }

  /// Whether anything is to be listened for over HTTP, as browsers speak it.
  var hearsHTTP: Bool { [zipkin, otlpHTTP].contains { $0?.address != nil } }
}

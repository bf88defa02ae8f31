internal import FoundationEssentials

/// One span in the shape Zipkin v2 gives it. Fields that are null count as absent, unknown ones are skipped.
struct ZipkinSpanRecord: Decodable {
  var traceId: String
  var id: String
  var parentId: String?
  var kind: String?
  var name: String?
  /// Microseconds since the Unix epoch.
  var timestamp: WholeNumber?
  /// Microseconds.
  var duration: WholeNumber?
  var localEndpoint: Endpoint?
  var remoteEndpoint: Endpoint?
  var annotations: [Annotation]?
  var tags: [String: TagValue]?
  var shared: Bool?

  struct Endpoint: Decodable {
    var serviceName: String?
    var ipv4: String?
    var ipv6: String?
    var port: WholeNumber?
  }

  struct Annotation: Decodable {
    /// Microseconds since the Unix epoch.
    var timestamp: WholeNumber
    var value: String
  }

  /// A number without a fraction, however it is written: `1500`, `1500.0`, `1.5e3`.
  struct WholeNumber: Decodable {
    var value: Int64

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      do {
        value = try container.decode(Int64.self)
      } catch {
        // The decoder's own error for a fraction or for too many digits does not tell where it stands.
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a whole number")
      }
    }
  }

  /// Text; a number is taken as its digits, as Zipkin's own reader does.
  struct TagValue: Decodable {
    var text: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      do {
        text = try container.decode(String.self)
      } catch {
        if let whole = try? container.decode(Int64.self) {
          text = String(whole)
        } else if let real = try? container.decode(Double.self) {
          text = String(real)
        } else {
          throw DecodingError.dataCorruptedError(in: container, debugDescription: "neither text nor a number")
        }
      }
    }
  }
}

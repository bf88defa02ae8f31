package import SwiftProtobuf

/// Reads the protobuf of OTLP into its messages.
package enum OTLPProtobuf {
  /// Fields that nobody knows are passed over.
  private static let options: BinaryDecodingOptions = {
    var options = BinaryDecodingOptions()
    options.discardUnknownFields = true
    return options
  }()

  package static func read<Request: Message>(_ body: [UInt8]) throws(OTLPFault) -> Request {
    try OTLPParts.check(body, of: Request.self)
    do {
      return try Request(serializedBytes: body, options: options)
    } catch {
      let name = Request.protoMessageName.split(separator: ".").last ?? ""
      throw OTLPFault(path: "", reason: "is not the protobuf of an \(name)", isMalformed: true)
    }
  }
}

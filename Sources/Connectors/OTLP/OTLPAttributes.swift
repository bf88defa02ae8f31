internal import TraceModel

/// What the attributes of a span say that has a place of its own here.
enum OTLPAttributes {
  static let peerName = "peer.service"

  /// Names for the other side of a call, most telling first.
  private static let peerNames = [
    peerName, "server.address", "rpc.service", "db.system", "db.system.name",
  ]

  /// Empty when none of them is there.
  static func peer(in attributes: [SpanAttribute]) -> String {
    for name in peerNames {
      for attribute in attributes where attribute.name == name {
        if case .text(let text) = attribute.value, !text.isEmpty { return text }
      }
    }
    return ""
  }

  /// The hop, where the service says it, or where its instrumentation keeps the header that carries it.
  private static let hopHeader = "http.request.header.x-ltxid"

  static func ltxid(in attributes: [SpanAttribute]) -> LTXID? {
    for attribute in attributes {
      if attribute.name == AttributeName.ltxid { return ltxid(attribute.value) }
      if attribute.name == hopHeader {
        if case .list(let values) = attribute.value { return values.first.flatMap(ltxid) }
        return ltxid(attribute.value)
      }
    }
    return nil
  }

  private static func ltxid(_ value: AttributeValue) -> LTXID? {
    value.integer.flatMap { UInt32(exactly: $0) }.flatMap { LTXID($0) }
  }

  /// What earlier conventions called something that the rest of the program has a name for.
  private static let formerNames: [(former: String, present: String)] = [
    ("http.status_code", AttributeName.httpStatus),
    ("messaging.destination", AttributeName.topic),
    ("messaging.kafka.partition", AttributeName.partition),
    ("messaging.kafka.destination.partition", AttributeName.partition),
    ("messaging.kafka.message.offset", AttributeName.offset),
    ("messaging.message_id", AttributeName.messageID),
  ]

  /// What an attribute of that name means to a span beside its value.
  static func meaning(of name: String) -> OTLPKeyMeanings.Meaning {
    if let rank = peerNames.firstIndex(of: name) { return .peer(rank: rank) }
    let isUnusual = name == AttributeName.ltxid || name == hopHeader || formerNames.contains { $0.former == name }
    return isUnusual ? .unusual : .plain
  }

  /// All of them as they came, then under their present names those that have a former one only.
  static func withPresentNames(_ attributes: [SpanAttribute]) -> [SpanAttribute] {
    var result = attributes
    for attribute in attributes where attribute.name.hasPrefix("http.") || attribute.name.hasPrefix("messaging.") {
      guard let name = formerNames.first(where: { $0.former == attribute.name })?.present,
        !result.contains(where: { $0.name == name })
      else { continue }
      result.append(SpanAttribute(name, attribute.value))
    }
    return result
  }
}

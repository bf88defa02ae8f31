internal import TraceModel

/// Turns one record into a span, or says which of its fields breaks a rule.
struct ZipkinTranslation {
  static let traceIdentifier = "1 to 32 lower-case hexadecimal digits, not all 0"
  static let spanIdentifier = "1 to 16 lower-case hexadecimal digits, not all 0"
  static let kinds = "CLIENT, SERVER, PRODUCER or CONSUMER"
  static let ports = "a whole number up to 65535"
  static let tooLate = "must be microseconds that end before the year 2262"

  private let record: ZipkinSpanRecord
  private let index: Int

  init(_ record: ZipkinSpanRecord, index: Int) {
    self.record = record
    self.index = index
  }

  /// The span, and its start if the record tells it; otherwise the span's own is 0, to be replaced.
  func span() throws(ZipkinDecodingError) -> (span: TraceSpan, start: Int64?) {
    let gtxid = try traceIdentifier()
    let id = try spanIdentifier(record.id, field: "id")
    let kind = try kind()
    let stated = try nanoseconds(record.timestamp, field: "timestamp")
    let duration = try nanoseconds(record.duration, field: "duration")
    let events = try events(start: stated)
    // An event without a time stands at the end: it is placed at the start once that is known.
    let start = stated ?? events.first { $0.time != 0 }?.time
    guard !(start ?? 0).addingReportingOverflow(duration ?? 0).overflow else {
      throw invalid("duration", Self.tooLate)
    }
    let local = try endpoint(record.localEndpoint, field: "localEndpoint")
    let remote = try endpoint(record.remoteEndpoint, field: "remoteEndpoint")
    let parent = try parent()
    let failure = record.tags?["error"]
    let span = TraceSpan(
      gtxid: gtxid, id: id, parent: parent == id ? nil : parent, kind: kind,
      isShared: record.shared == true && kind != .client, service: local.service, instance: local.address,
      operation: record.name?.lowercased() ?? "", start: start ?? 0, duration: duration,
      status: failure == nil ? .unset : .error, message: failure?.text ?? "", peer: remote.service,
      attributes: attributes(local: local, remote: remote), events: placed(events, at: start))
    return (span, start)
  }

  private func traceIdentifier() throws(ZipkinDecodingError) -> GTXID {
    guard Self.isLowerHexadecimal(record.traceId), let id = GTXID(record.traceId) else {
      throw invalid("traceId", "\"\(Excerpt.of(record.traceId))\" must be \(Self.traceIdentifier)")
    }
    return id
  }

  private func spanIdentifier(_ text: String, field: String) throws(ZipkinDecodingError) -> SpanID {
    guard Self.isLowerHexadecimal(text), let id = SpanID(hex: text) else {
      throw invalid(field, "\"\(Excerpt.of(text))\" must be \(Self.spanIdentifier)")
    }
    return id
  }

  /// A parent of zeros is none.
  private func parent() throws(ZipkinDecodingError) -> SpanID? {
    guard let text = record.parentId else { return nil }
    if !text.isEmpty, text.utf8.count <= 16, text.utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) { return nil }
    return try spanIdentifier(text, field: "parentId")
  }

  private static func isLowerHexadecimal(_ text: String) -> Bool {
    text.utf8.allSatisfy {
      UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0
    }
  }

  private func kind() throws(ZipkinDecodingError) -> SpanKind {
    switch record.kind {
    case nil: return .internal
    case "CLIENT": return .client
    case "SERVER": return .server
    case "PRODUCER": return .producer
    case "CONSUMER": return .consumer
    case .some(let other): throw invalid("kind", "\"\(Excerpt.of(other))\" must be \(Self.kinds)")
    }
  }

  private func invalid(_ field: String, _ reason: String) -> ZipkinDecodingError {
    .invalidSpan(index: index, field: field, reason: reason)
  }
}

// Times and places.
extension ZipkinTranslation {
  /// Nil for what is absent: nothing, 0 and less.
  private func nanoseconds(
    _ microseconds: ZipkinSpanRecord.WholeNumber?, field: String
  ) throws(ZipkinDecodingError) -> Int64? {
    guard let value = microseconds?.value, value > 0 else { return nil }
    let (nanoseconds, overflow) = value.multipliedReportingOverflow(by: 1000)
    guard !overflow else { throw invalid(field, Self.tooLate) }
    return nanoseconds
  }

  /// Where a span says it ran, or whom it called; empty what it does not say.
  private struct Place {
    var service = ""
    var host = ""
    /// The address of version 6 that is told beside `host`, which is of version 4 then.
    var version6 = ""
    var port: Int64 = 0

    /// `10.1.2.3:8080`, `[::1]:8080`, `:8080`; without a port the host alone.
    var address: String {
      guard port > 0 else { return host }
      return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
  }

  private func endpoint(
    _ endpoint: ZipkinSpanRecord.Endpoint?, field: String
  ) throws(ZipkinDecodingError) -> Place {
    guard let endpoint else { return Place() }
    let port = endpoint.port?.value ?? 0
    guard port <= 65535 else { throw invalid("\(field).port", "\(port) must be \(Self.ports)") }
    let version4 = (endpoint.ipv4 ?? "").cut(to: OTLPSource.longestName)
    let version6 = (endpoint.ipv6 ?? "").cut(to: OTLPSource.longestName)
    let service = endpoint.serviceName?.lowercased().cut(to: OTLPSource.longestName)
    return Place(
      service: service ?? "", host: version4.isEmpty ? version6 : version4, version6: version4.isEmpty ? "" : version6,
      port: max(port, 0))
  }

  /// By time, those without one last.
  private func events(start: Int64?) throws(ZipkinDecodingError) -> [SpanEvent] {
    guard let annotations = record.annotations, !annotations.isEmpty else { return [] }
    var events: [SpanEvent] = []
    events.reserveCapacity(annotations.count)
    for (place, annotation) in annotations.enumerated() {
      let time = try nanoseconds(annotation.timestamp, field: "annotations[\(place)].timestamp")
      events.append(SpanEvent(time: time ?? start ?? 0, name: annotation.value))
    }
    // Equal times keep the order in which they were sent: the standard library's sort does not promise it.
    return events.enumerated().sorted {
      ($0.element.time == 0 ? 1 : 0, $0.element.time, $0.offset)
        < ($1.element.time == 0 ? 1 : 0, $1.element.time, $1.offset)
    }.map(\.element)
  }

  private func placed(_ events: [SpanEvent], at start: Int64?) -> [SpanEvent] {
    guard let start, events.contains(where: { $0.time == 0 }) else { return events }
    return events.map { $0.time == 0 ? SpanEvent(time: start, name: $0.name) : $0 }
  }
}

// Tags.
extension ZipkinTranslation {
  private static let networkPeerAddress = "network.peer.address"
  private static let networkPeerPort = "network.peer.port"
  /// Zipkin's own fields, where an endpoint has a second address: OpenTelemetry has a name for one of each side alone.
  private static let localVersion6 = "zipkin.localEndpoint.ipv6"
  private static let remoteVersion6 = "zipkin.remoteEndpoint.ipv6"

  /// The names under which tracers for Zipkin report where a record went, most telling first.
  private static let topicTags = ["kafka.topic", "jms.topic", "jms.queue", "rabbit.queue"]

  /// All tags by name, then what the rest of the program has names of its own for, then the other side's address, and
  /// second addresses.
  private func attributes(local: Place, remote: Place) -> [SpanAttribute] {
    let tags = record.tags ?? [:]
    var attributes = tags.sorted { $0.key < $1.key }.map { SpanAttribute($0.key, .text($0.value.text)) }
    if tags[AttributeName.httpStatus] == nil, let status = tags["http.status_code"].flatMap({ Int64($0.text) }) {
      attributes.append(SpanAttribute(AttributeName.httpStatus, .integer(status)))
    }
    if tags[AttributeName.topic] == nil, let topic = Self.topicTags.lazy.compactMap({ tags[$0] }).first {
      attributes.append(SpanAttribute(AttributeName.topic, .text(topic.text)))
    }
    if !remote.host.isEmpty { attributes.append(SpanAttribute(Self.networkPeerAddress, .text(remote.host))) }
    if remote.port > 0 { attributes.append(SpanAttribute(Self.networkPeerPort, .integer(remote.port))) }
    for (name, address) in [(Self.localVersion6, local.version6), (Self.remoteVersion6, remote.version6)]
    where !address.isEmpty {
      attributes.append(SpanAttribute(name, .text(address)))
    }
    return attributes
  }
}

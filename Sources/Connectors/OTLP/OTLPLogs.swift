internal import OTLPMessages
internal import TraceModel

/// The log lines of a request in our words.
enum OTLPLogs {
  /// - Parameters:
  ///   - receivedAt: nanoseconds since the Unix epoch: the time of lines that tell none.
  ///   - limits: what goes beyond is left out, and said to be.
  static func read(
    _ request: OTLP.LogsRequest, receivedAt: Int64, limits: OTLPLimits
  ) throws(OTLPFault) -> OTLPBatch<LogEntry> {
    var batch = OTLPBatch<LogEntry>()
    for (first, group) in request.resourceLogs.enumerated() {
      let source = OTLPSource(group.resource, schema: group.schemaURL)
      for (second, scope) in group.scopeLogs.enumerated() {
        let origin = source.origin(scope.scope, schema: scope.schemaURL)
        for (third, record) in scope.logRecords.enumerated() {
          do throws(OTLPElementFault) {
            guard batch.elements.count < limits.entries else { throw limits.tooMany }
            batch.elements.append(
              try entry(record, of: source, origin, receivedAt: receivedAt, textLimit: limits.textBytes))
          } catch {
            let path = "resourceLogs[\(first)].scopeLogs[\(second)].logRecords[\(third)]" + error.suffix
            if error.spoilsRequest { throw OTLPFault(path: path, reason: error.reason, isMalformed: false) }
            batch.refuse(path, error.reason)
          }
        }
      }
    }
    return batch
  }

  private static func entry(
    _ record: OTLP.LogRecord, of source: OTLPSource, _ origin: SpanOrigin?, receivedAt: Int64, textLimit: Int
  ) throws(OTLPElementFault) -> LogEntry {
    let time = try OTLPValues.time(record.timeUnixNano, "timeUnixNano")
    let observed = try OTLPValues.time(record.observedTimeUnixNano, "observedTimeUnixNano")
    let trace = try OTLPValues.trace(record.traceID, "traceId")
    let span = try OTLPValues.span(record.spanID, "spanId")
    var body = OTLPValues.value(record.body)
    if case .text(let text) = body { body = .text(text.cut(to: textLimit)) }
    return LogEntry(
      time: time ?? observed ?? receivedAt, severity: UInt8(exactly: record.severityNumber.rawValue) ?? 0,
      severityText: record.severityText.cut(to: textLimit), body: body, eventName: record.eventName.cut(to: textLimit),
      service: source.service, instance: source.instance, gtxid: trace, span: trace == nil ? nil : span,
      attributes: OTLPValues.attributes(record.attributes), droppedAttributes: record.droppedAttributesCount,
      origin: origin)
  }
}

extension String {
  /// At most `limit` bytes of it, whole characters, and a mark where more was.
  func cut(to limit: Int) -> String {
    guard utf8.count > limit else { return self }
    var end = utf8.index(startIndex, offsetBy: limit)
    while end > startIndex, end.samePosition(in: unicodeScalars) == nil { end = utf8.index(before: end) }
    return String(self[..<end]) + "…"
  }
}

/// How much of one request is handed on.
struct OTLPLimits: Sendable {
  /// Log lines, or points of metrics.
  var entries: Int
  /// Bytes of the text of one log line.
  var textBytes: Int

  var tooMany: OTLPElementFault {
    OTLPElementFault(field: "", reason: "is one more than the \(entries) that are taken at a time")
  }
}

extension OTLPElementFault {
  /// The field, as it goes on after the path of its element.
  var suffix: String { field.isEmpty ? "" : "." + field }
}

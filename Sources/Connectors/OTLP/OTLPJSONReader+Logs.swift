internal import OTLPMessages

extension OTLPJSONReader {
  mutating func logsRequest() throws(JSONFault) -> OTLP.LogsRequest {
    var request = OTLP.LogsRequest()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "resourceLogs":
        request.resourceLogs = try list { (reader) throws(JSONFault) in try reader.resourceLogs() }
      default: try json.skip()
      }
    }
    return request
  }

  private mutating func resourceLogs() throws(JSONFault) -> OTLP.ResourceLogs {
    var group = OTLP.ResourceLogs()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "resource": group.resource = try resource()
      case "scopeLogs": group.scopeLogs = try list { (reader) throws(JSONFault) in try reader.scopeLogs() }
      case "schemaUrl": group.schemaURL = try json.text()
      default: try json.skip()
      }
    }
    return group
  }

  private mutating func scopeLogs() throws(JSONFault) -> OTLP.ScopeLogs {
    var group = OTLP.ScopeLogs()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "scope": group.scope = try scope()
      case "logRecords": group.logRecords = try list { (reader) throws(JSONFault) in try reader.logRecord() }
      case "schemaUrl": group.schemaURL = try json.text()
      default: try json.skip()
      }
    }
    return group
  }

  private static let severities =
    ["SEVERITY_NUMBER_UNSPECIFIED"]
    + ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"].flatMap { level in
      ["", "2", "3", "4"].map { "SEVERITY_NUMBER_\(level)\($0)" }
    }

  private mutating func logRecord() throws(JSONFault) -> OTLP.LogRecord {
    var record = OTLP.LogRecord()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "timeUnixNano": record.timeUnixNano = try json.whole()
      case "observedTimeUnixNano": record.observedTimeUnixNano = try json.whole()
      case "severityNumber":
        record.severityNumber = OTLP.Severity(rawValue: try json.choice(of: Self.severities)) ?? .unspecified
      case "severityText": record.severityText = try json.text()
      case "body": record.body = try value()
      case "attributes": record.attributes = try attributes()
      case "droppedAttributesCount": record.droppedAttributesCount = try json.whole()
      case "flags": record.flags = try json.whole()
      case "traceId": record.traceID = try identifier(digits: 32)
      case "spanId": record.spanID = try identifier(digits: 16)
      case "eventName": record.eventName = try json.text()
      default: try json.skip()
      }
    }
    return record
  }
}

import Operations
import TraceCollector
import TraceModel

/// A transaction with its spans and its log as JSON text: what `S` saves. Times are nanoseconds since the Unix epoch.
enum TransactionJSON {
  static func text(of detail: TransactionDetail) -> String {
    let summary = detail.summary
    var fields: [(String, JSONText)] = [
      ("gtxid", .string(summary.gtxid.hex)), ("kind", .string(summary.kind)),
      ("state", .string(summary.state.rawValue)),
      ("start", .number(summary.start)), ("duration", .number(summary.duration)),
      ("hops", .number(Int64(summary.hops))),
      ("services", .array(summary.services.map(JSONText.string))), ("errors", .number(Int64(summary.errors))),
      ("firstError", .string(summary.firstError)), ("stuckReason", .string(summary.stuckReason)),
      ("user", .string(summary.user)), ("amount", .string(summary.amount)), ("orderState", .string(summary.orderState)),
      ("customerSees", .string(summary.customerSees)), ("isExternal", .boolean(summary.isExternal)),
    ]
    fields.append(("spans", .array(detail.tree.nodes.filter { !$0.isSynthetic }.map { span($0.span) })))
    fields.append(("log", .array(detail.log.map(line))))
    var text = ""
    JSONText.object(fields).write(to: &text, indent: 0)
    return text + "\n"
  }

  private static func span(_ span: TraceSpan) -> JSONText {
    .object([
      ("id", .string(span.id.hex)), ("parent", span.parent.map { .string($0.hex) } ?? .null),
      ("ltxid", span.ltxid.map { .number(Int64($0.number)) } ?? .null), ("kind", .string("\(span.kind)")),
      ("isShared", .boolean(span.isShared)), ("service", .string(span.service)), ("instance", .string(span.instance)),
      ("operation", .string(span.operation)), ("start", .number(span.start)),
      ("duration", span.duration.map(JSONText.number) ?? .null), ("status", .string("\(span.status)")),
      ("message", .string(span.message)), ("peer", .string(span.peer)), ("attributes", attributes(span.attributes)),
      (
        "events",
        .array(
          span.events.map { event in
            .object([
              ("time", .number(event.time)), ("name", .string(event.name)),
              ("attributes", attributes(event.attributes)),
            ])
          })
      ),
    ])
  }

  private static func attributes(_ attributes: [SpanAttribute]) -> JSONText {
    .array(
      attributes.map { attribute in
        .object([("name", .string(attribute.name)), ("value", value(attribute.value))])
      })
  }

  private static func value(_ value: AttributeValue) -> JSONText {
    switch value {
    case .text(let text): .string(text)
    case .integer(let number): .number(number)
    case .real(let number): number.isFinite ? .literal("\(number)") : .string("\(number)")
    case .boolean(let flag): .boolean(flag)
    case .bytes: .string(value.description)
    case .list(let values): .array(values.map(Self.value))
    case .map(let entries): attributes(entries)
    case .empty: .null
    }
  }

  private static func line(_ line: LogLine) -> JSONText {
    .object([
      ("time", .number(line.time)), ("level", .string(line.level.rawValue)), ("service", .string(line.service)),
      ("instance", .string(line.instance)), ("ltxid", line.ltxid.map { .number(Int64($0.number)) } ?? .null),
      ("message", .string(line.message)),
    ])
  }
}

/// A value of JSON (RFC 8259).
indirect enum JSONText {
  case null
  case boolean(Bool)
  case number(Int64)
  case string(String)
  /// A number that is spelt already.
  case literal(String)
  case array([JSONText])
  case object([(String, JSONText)])

  /// Objects and arrays that hold others take a line for each.
  func write(to text: inout String, indent: Int) {
    switch self {
    case .null: text += "null"
    case .boolean(let flag): text += flag ? "true" : "false"
    case .number(let number): text += "\(number)"
    case .literal(let literal): text += literal
    case .string(let value): Self.write(value, to: &text)
    case .array(let values):
      write(values.map { (nil, $0) }, between: "[", and: "]", to: &text, indent: indent)
    case .object(let fields):
      write(fields.map { ($0.0, $0.1) }, between: "{", and: "}", to: &text, indent: indent)
    }
  }

  private func write(
    _ parts: [(String?, JSONText)], between open: String, and close: String, to text: inout String, indent: Int
  ) {
    text += open
    for (index, part) in parts.enumerated() {
      text += index == 0 ? "\n" : ",\n"
      text += String(repeating: " ", count: indent + 1)
      if let name = part.0 {
        Self.write(name, to: &text)
        text += ": "
      }
      part.1.write(to: &text, indent: indent + 1)
    }
    if !parts.isEmpty { text += "\n" + String(repeating: " ", count: indent) }
    text += close
  }

  private static func write(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

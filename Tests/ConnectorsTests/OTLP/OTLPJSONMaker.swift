import Foundation
import OTLPMessages
import SwiftProtobuf
import TestSupport

@testable import Connectors

/// Writes requests of OTLP as JSON in one of the many ways in which the same can be written.
struct OTLPJSONMaker {
  var random: SeededGenerator
  /// Percent of the places where something unusual may be written that have it.
  var oddity = 10

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    oddity = [0, 5, 30][random.below(3)]
  }

  private mutating func isOdd() -> Bool { random.below(100) < oddity }

  mutating func request(_ request: OTLP.TracesRequest) -> [UInt8] {
    let groups = list(request.resourceSpans) { $0.group($1) }
    return Array((space() + object([("resourceSpans", groups)]) + space()).utf8)
  }

  private mutating func group(_ group: OTLP.ResourceSpans) -> String {
    object([
      group.hasResource ? ("resource", facts(group.resource.attributes)) : nil,
      ("scopeSpans", list(group.scopeSpans) { $0.scope($1) }),
      text("schemaUrl", group.schemaURL),
    ])
  }

  private mutating func facts(_ attributes: [OTLP.Attribute]) -> String {
    object([("attributes", self.attributes(attributes)), isOdd() ? ("droppedAttributesCount", number(3)) : nil])
  }

  private mutating func scope(_ scope: OTLP.ScopeSpans) -> String {
    object([
      scope.hasScope ? ("scope", object([text("name", scope.scope.name)])) : nil,
      ("spans", list(scope.spans) { $0.span($1) }), text("schemaUrl", scope.schemaURL),
    ])
  }

  private mutating func span(_ span: OTLP.Span) -> String {
    object([
      ("traceId", identifier(span.traceID)), ("spanId", identifier(span.spanID)),
      span.parentSpanID.isEmpty && !isOdd() ? nil : ("parentSpanId", identifier(span.parentSpanID)),
      text("traceState", span.traceState), span.flags == 0 ? nil : ("flags", number(Int64(span.flags))),
      text("name", span.name),
      ("kind", choice(span.kind.rawValue, OTLPJSONReader.kinds)),
      ("startTimeUnixNano", whole(span.startTimeUnixNano)), ("endTimeUnixNano", whole(span.endTimeUnixNano)),
      span.attributes.isEmpty && !isOdd() ? nil : ("attributes", attributes(span.attributes)),
      count("droppedAttributesCount", span.droppedAttributesCount),
      span.events.isEmpty && !isOdd() ? nil : ("events", list(span.events) { $0.event($1) }),
      count("droppedEventsCount", span.droppedEventsCount),
      span.links.isEmpty && !isOdd() ? nil : ("links", list(span.links) { $0.link($1) }),
      count("droppedLinksCount", span.droppedLinksCount),
      span.hasStatus || isOdd() ? ("status", status(span.status)) : nil,
    ])
  }

  private mutating func status(_ status: OTLP.SpanStatus) -> String {
    object([
      status.code == .unset && !isOdd() ? nil : ("code", choice(status.code.rawValue, OTLPJSONReader.codes)),
      text("message", status.message),
    ])
  }

  private mutating func event(_ event: OTLP.Span.Event) -> String {
    object([
      ("timeUnixNano", whole(event.timeUnixNano)), text("name", event.name),
      ("attributes", attributes(event.attributes)),
    ])
  }

  private mutating func link(_ link: OTLP.Span.Link) -> String {
    object([
      ("traceId", identifier(link.traceID)), ("spanId", identifier(link.spanID)), text("traceState", link.traceState),
    ])
  }

  private mutating func attributes(_ attributes: [OTLP.Attribute]) -> String {
    list(attributes) { $0.object([("key", $0.quoted($1.key)), $1.hasValue ? ("value", $0.value($1.value)) : nil]) }
  }

  private mutating func value(_ value: OTLP.Value) -> String {
    switch value.value {
    case .stringValue(let text): object([("stringValue", quoted(text))])
    case .intValue(let number): object([("intValue", isOdd() ? "\(number)" : "\"\(number)\"")])
    case .doubleValue(let number): object([("doubleValue", real(number))])
    case .boolValue(let flag): object([("boolValue", "\(flag)")])
    case .bytesValue(let bytes): object([("bytesValue", "\"\(bytes.base64EncodedString())\"")])
    case .arrayValue(let values): object([("arrayValue", object([("values", list(values.values) { $0.value($1) })]))])
    case .kvlistValue(let map): object([("kvlistValue", object([("values", attributes(map.values))]))])
    case .stringValueStrindex, nil: object([])
    }
  }
}

// How single things are written.
extension OTLPJSONMaker {
  private mutating func space() -> String { isOdd() ? [" ", "\n", "\t", " \r\n  "][random.below(4)] : "" }

  private mutating func list<Element>(_ elements: [Element], _ write: (inout OTLPJSONMaker, Element) -> String)
    -> String
  {
    var written: [String] = []
    for element in elements { written.append(space() + write(&self, element) + space()) }
    return "[" + (written.isEmpty ? space() : written.joined(separator: ",")) + "]"
  }

  /// Members in any order, with others that nobody knows, and some twice.
  private mutating func object(_ members: [(name: String, value: String)?]) -> String {
    var members = members.compactMap(\.self)
    if isOdd() {
      for place in members.indices.dropLast().reversed() {
        members.swapAt(place, place + random.below(members.count - place))
      }
    }
    if isOdd() {
      let unknown = [
        ("x", "[{\"a\":[1,-2.5e3,null]},\"\\u00e9\"]"), ("nAme", "true"), ("name ", "{}"), ("span_id", "\"1\""),
        ("", "1"), ("y", "\"재\\\"\""), ("resource", "null"), ("spans", "null"), ("value", "null"), ("name", "null"),
      ][random.below(10)]
      members.insert(unknown, at: random.below(members.count + 1))
    }
    if isOdd(), isOdd(), let twice = members.first { members.insert(twice, at: random.below(members.count + 1)) }
    var written: [String] = []
    for member in members {
      let name = isOdd() && isOdd() ? escaped(member.name) : "\"\(member.name)\""
      written.append(space() + name + space() + ":" + space() + member.value + space())
    }
    return "{" + written.joined(separator: ",") + "}"
  }

  private mutating func text(_ name: String, _ text: String) -> (String, String)? {
    text.isEmpty && !isOdd() ? nil : (name, quoted(text))
  }

  private mutating func count(_ name: String, _ count: UInt32) -> (String, String)? {
    count == 0 && !isOdd() ? nil : (name, number(Int64(count)))
  }

  private mutating func quoted(_ text: String) -> String {
    if isOdd() { return escaped(text) }
    return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
  }

  /// Every character in any of the ways in which it may stand.
  private mutating func escaped(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch random.below(scalar == "\"" || scalar == "\\" || scalar.value < 0x20 ? 1 : 3) {
      case 0:
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16, uppercase: random.below(2) == 0)
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      case 1 where scalar == "/": result += "\\/"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private mutating func identifier(_ bytes: Data) -> String {
    let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    return "\"" + (isOdd() ? digits.uppercased() : digits) + "\""
  }

  private mutating func whole(_ number: UInt64) -> String {
    isOdd() ? ["\(number)", "\"0\(number)\"", "\"\(number)\" "][random.below(3)] : "\"\(number)\""
  }

  private mutating func number(_ number: Int64) -> String {
    isOdd() ? ["\"\(number)\"", "\(number).0", "\(number)e0"][random.below(3)] : "\(number)"
  }

  private mutating func real(_ number: Double) -> String {
    if number.isInfinite { return number < 0 ? "\"-Infinity\"" : "\"Infinity\"" }
    return isOdd() ? "\"\(number)\"" : "\(number)"
  }

  private mutating func choice(_ number: Int, _ names: [String]) -> String {
    guard isOdd() else { return "\(number)" }
    return names.indices.contains(number) && random.below(2) == 0 ? "\"\(names[number])\"" : "\"\(number)\""
  }
}

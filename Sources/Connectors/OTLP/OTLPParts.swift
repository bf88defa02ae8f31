internal import OTLPMessages
internal import SwiftProtobuf

/// How many messages a request holds, counted on its bytes before any of them is made: two bytes may be one, which takes
/// hundreds once it is read, and what is compressed brings millions of them in a few kilobytes.
enum OTLPParts {
  /// Far more than exporters send at once: of spans with ten attributes some forty thousand.
  static let most = 1_000_000

  /// A message that has others in it, or may have.
  private enum Part {
    case request(Signal), group(Signal), scopeGroup(Signal)
    case resource, scope, span, event, link, log, metric, points(Point), point(Point), exemplar
    case pair, value, list, pairs, leaf
  }

  private enum Signal {
    case traces, metrics, logs
  }

  private enum Point {
    case number, histogram, exponential, summary
  }

  /// Throws when there are too many. What is no protobuf, or not of OTLP, is left to who reads it.
  static func check<Request: Message>(_ body: [UInt8], of _: Request.Type) throws(OTLPFault) {
    // Each takes two bytes at least.
    guard body.count > 2 * most else { return }
    if number(in: body, of: Request.self) > most { throw tooMany }
  }

  /// The messages in a request; where there are more than `most`, one more than that.
  static func number<Request: Message>(in body: [UInt8], of _: Request.Type) -> Int {
    guard let signal = signal(of: Request.self) else { return 0 }
    var number = 0
    body.withUnsafeBytes { bytes in
      _ = add(.request(signal), ProtobufCursor(bytes, 0..<bytes.count), depth: 0, to: &number)
    }
    return number
  }

  /// The same for JSON, whose messages are its objects.
  static func check(json body: [UInt8]) throws(OTLPFault) {
    guard body.count > 2 * most else { return }
    var count = 0
    for byte in body where byte == UInt8(ascii: "{") { count &+= 1 }
    if count > most { throw tooMany }
  }

  private static var tooMany: OTLPFault {
    OTLPFault(
      path: "", reason: "holds more than \(most) messages, one in the other: send fewer at a time", isMalformed: false,
      isTooLarge: true)
  }

  private static func signal(of type: any Message.Type) -> Signal? {
    switch type {
    case is OTLP.TracesRequest.Type: .traces
    case is OTLP.MetricsRequest.Type: .metrics
    case is OTLP.LogsRequest.Type: .logs
    default: nil
    }
  }

  /// False when there are more than `most`.
  private static func add(_ part: Part, _ cursor: ProtobufCursor, depth: Int, to number: inout Int) -> Bool {
    var cursor = cursor
    while !cursor.isAtEnd, let tag = cursor.tag() {
      guard tag.type == .bytes, let child = child(tag.field, of: part) else {
        guard cursor.skip(tag.type) else { return true }
        continue
      }
      guard let run = cursor.run() else { return true }
      number += 1
      guard number <= most else { return false }
      if case .leaf = child { continue }
      // Deeper ones are refused by who reads them.
      guard depth < 100 else { return true }
      guard add(child, cursor.inside(run), depth: depth + 1, to: &number) else { return false }
    }
    return true
  }

  /// The message that a field of another one holds; nil where it is none.
  private static func child(_ field: Int, of part: Part) -> Part? {
    switch (part, field) {
    case (.request(let signal), 1): .group(signal)
    case (.group, 1): .resource
    case (.group(let signal), 2): .scopeGroup(signal)
    case (.scopeGroup, 1): .scope
    case (.scopeGroup(.traces), 2): .span
    case (.scopeGroup(.metrics), 2): .metric
    case (.scopeGroup(.logs), 2): .log
    case (.resource, 1), (.scope, 3), (.span, 9), (.event, 3), (.link, 4), (.log, 6), (.exemplar, 7), (.pairs, 1),
      (.metric, 12):
      .pair
    case (.resource, 3), (.span, 15): .leaf
    case (.span, 11): .event
    case (.span, 13): .link
    case (.log, 5), (.pair, 2), (.list, 1): .value
    case (.value, 5): .list
    case (.value, 6): .pairs
    case (.metric, let field): points(field).map { .points($0) }
    case (.points(let kind), 1): .point(kind)
    case (.point(let kind), let field): child(field, of: kind)
    default: nil
    }
  }

  private static func points(_ field: Int) -> Point? {
    switch field {
    case 5, 7: .number
    case 9: .histogram
    case 10: .exponential
    case 11: .summary
    default: nil
    }
  }

  private static func child(_ field: Int, of point: Point) -> Part? {
    switch (point, field) {
    case (.number, 7), (.histogram, 9), (.exponential, 1), (.summary, 7): .pair
    case (.number, 5), (.histogram, 8), (.exponential, 11): .exemplar
    case (.exponential, 8), (.exponential, 9), (.summary, 6): .leaf
    default: nil
    }
  }
}

internal import OTLPMessages
internal import SwiftProtobuf

/// How many messages a request holds, counted on its bytes before any of them is made: two bytes may be one, which takes
/// hundreds once it is read, and what is compressed brings millions of them in a few kilobytes.
enum OTLPParts {
  /// Far more than exporters send at once: of spans with ten attributes some forty thousand.
  static let most = 1_000_000
  /// Attributes that are read without making a message of each: they take a tenth of its room.
  static let mostPlain = 4_000_000
  /// Bytes of what resources and scopes say of themselves: each scope has those of its resource, once more.
  static let mostFacts = 64 << 20

  /// A message that has others in it, or may have.
  enum Part {
    case request(Signal), group(Signal), scopeGroup(Signal)
    case resource, scope, span, event, link, log, metric, points(Point), point(Point), exemplar
    case pair, value, list, pairs, leaf
    /// Holds many numbers or texts, each of which may be one or two bytes here.
    case run
  }

  enum Signal {
    case traces, metrics, logs
  }

  enum Point {
    case number, histogram, exponential, summary
  }

  /// Throws when there are too many. Of what cannot be walked over to its end, the rest counts as if it held nothing else.
  static func check<Request: Message>(_ body: [UInt8], of _: Request.Type) throws(OTLPFault) {
    // Each takes two bytes at least.
    guard body.count > 2 * most else { return }
    if number(in: body, of: Request.self) > most { throw tooMany }
  }

  /// The messages in a request; where there are more than `most`, one more than that.
  static func number<Request: Message>(in body: [UInt8], of _: Request.Type) -> Int {
    guard let signal = signal(of: Request.self) else { return 0 }
    return body.withUnsafeBytes { number(in: ProtobufCursor($0, 0..<$0.count), of: .request(signal)) }
  }

  /// The same of a part of one, itself included.
  static func number(in cursor: ProtobufCursor, of part: Part) -> Int {
    var number = 1
    if case .request = part { number = 0 }
    _ = add(part, cursor, depth: 0, to: &number)
    return number
  }

  /// The same for JSON, whose messages are its objects.
  static func check(json body: [UInt8]) throws(OTLPFault) {
    guard body.count > 2 * most else { return }
    if body.withUnsafeBytes({ JSONCount(of: $0).objects }) > most { throw tooMany }
  }

  static var tooManyFacts: OTLPFault {
    OTLPFault(
      path: "", reason: "repeats what its resources say in too many scopes: send fewer scopes at a time",
      isMalformed: false, isTooLarge: true)
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
    while !cursor.isAtEnd {
      // Groups, which OTLP has none of, and what is cut off.
      guard let tag = cursor.tag() else { return add(cursor.end - cursor.position, to: &number) }
      guard tag.type == .bytes, let child = child(tag.field, of: part) else {
        guard cursor.skip(tag.type) else { return add(cursor.end - cursor.position, to: &number) }
        continue
      }
      guard let run = cursor.run() else { return add(cursor.end - cursor.position, to: &number) }
      number += 1
      guard number <= most else { return false }
      switch child {
      case .leaf: continue
      case .run: guard add(run.count / 2, to: &number) else { return false }
      // Deeper ones are refused by who reads them, which may be after it has read what stands beside them.
      case _ where depth >= 100: guard add(run.count, to: &number) else { return false }
      default: guard add(child, cursor.inside(run), depth: depth + 1, to: &number) else { return false }
      }
    }
    return true
  }

  /// So many bytes hold that many messages at most.
  private static func add(_ bytes: Int, to number: inout Int) -> Bool {
    number += bytes / 2
    return number <= most
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
    case (.resource, 3): .run
    case (.span, 15): .leaf
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
    case (.exponential, 8), (.exponential, 9): .run
    case (.summary, 6): .leaf
    default: nil
    }
  }
}

public import TraceModel

/// Spans as OTLP JSON lines, as collectors write and read them in files: each line is one `ExportTraceServiceRequest`.
///
/// Ids are lower-case hexadecimal digits, 64-bit numbers texts, enums numbers. Within a line the spans stand by their
/// origin: by resource, and there by scope, in the order in which they were given.
///
/// Spans that came by OTLP are read back as they were, but for a NaN, which equals nothing, and two things: events come
/// back in the order of their times, and a time of 0 or before is none, so that a span is placed anew. Of others, these
/// have a place in OTLP, and so they stand there:
/// - service and instance, as `service.name` and `service.instance.id` of the resource;
/// - the hop, as the attribute `ltxid`;
/// - the peer, as the attribute `peer.service`; it is the peer again when the span is CLIENT or PRODUCER.
///
/// Where the sender's own attributes say the same, nothing is added. What is read back has the attributes that were added,
/// and those that ``OTLPAttributes/withPresentNames(_:)`` adds.
///
/// These do not survive: that a server shares its client's id (both keep the id, so a call tree finds it again as long as
/// the client is there), the message of a span that did not fail, a negative duration, which becomes 0, and an end after
/// the year 2262.
public enum OTLPJSONLines {
  /// Bytes after which a line ends: what reads such files (OpenTelemetry's collector) takes lines of 1 MiB by default. One
  /// span alone may be longer.
  static let lineLimit = 512 * 1024

  /// At least one line for each transaction that has spans; several where they are too many for one.
  public static func text(of transactions: [[TraceSpan]]) -> [UInt8] {
    var text: [UInt8] = []
    for spans in transactions {
      var request = OTLPJSONRequest()
      for span in spans {
        if !request.isEmpty, request.size > lineLimit {
          text += request.line
          request = OTLPJSONRequest()
        }
        request.add(span)
      }
      if !request.isEmpty { text += request.line }
    }
    return text
  }
}

/// One request, as it grows.
private struct OTLPJSONRequest {
  /// What decides where a span stands, found without comparing what its origin says.
  private struct Source: Hashable {
    var origin: ObjectIdentifier?
    var service: String
    var instance: String
  }

  private struct Resource {
    /// The members beside its scopes.
    var head: [UInt8]
    var scopes: [Scope] = []
  }

  private struct Scope {
    /// The members beside its spans.
    var head: [UInt8]
    var spans = JSONWriter()
  }

  private var resources: [Resource] = []
  private var places: [[UInt8]: Int] = [:]
  private var known: [Source: (resource: Int, scope: Int)] = [:]
  /// About how many bytes the line has.
  private(set) var size = 0

  var isEmpty: Bool { resources.isEmpty }

  mutating func add(_ span: TraceSpan) {
    let place = place(of: span)
    let before = resources[place.resource].scopes[place.scope].spans.bytes.count
    OTLPJSONSpan.write(span, to: &resources[place.resource].scopes[place.scope].spans)
    size += resources[place.resource].scopes[place.scope].spans.bytes.count - before
  }

  private mutating func place(of span: TraceSpan) -> (resource: Int, scope: Int) {
    let source = Source(
      origin: span.origin.map(ObjectIdentifier.init), service: span.service, instance: span.instance)
    if let place = known[source] { return place }
    let head = OTLPJSONSpan.resource(of: span)
    let resource = places[head] ?? resources.count
    if resource == resources.count {
      places[head] = resource
      resources.append(Resource(head: head))
      size += head.count
    }
    let scopeHead = OTLPJSONSpan.scope(of: span)
    var scopes = resources[resource].scopes
    let scope = scopes.firstIndex { $0.head == scopeHead } ?? scopes.count
    if scope == scopes.count {
      scopes.append(Scope(head: scopeHead))
      resources[resource].scopes = scopes
      size += scopeHead.count
    }
    known[source] = (resource, scope)
    return (resource, scope)
  }

  /// With the end of the line.
  var line: [UInt8] {
    var json = JSONWriter()
    json.beginObject()
    json.key("resourceSpans")
    json.beginArray()
    for resource in resources {
      json.beginObject()
      json.written(resource.head)
      json.key("scopeSpans")
      json.beginArray()
      for scope in resource.scopes {
        json.beginObject()
        json.written(scope.head)
        json.key("spans")
        json.beginArray()
        json.written(scope.spans.bytes)
        json.endArray()
        json.endObject()
      }
      json.endArray()
      json.endObject()
    }
    json.endArray()
    json.endObject()
    return json.bytes + [UInt8(ascii: "\n")]
  }
}

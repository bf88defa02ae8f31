internal import TraceModel

extension TraceSpan {
  /// All that the span says, but for its transaction's id and its own, as bytes: the same for two that say the same, and
  /// only for those. Where `==` goes by what texts and numbers mean, this goes by how they are written.
  var content: [UInt8] {
    var writer = ByteWriter()
    for text in [service, instance, operation, message, peer, traceState] { writer.text(text) }
    writer.fixed(parent?.value ?? 0)
    writer.number(UInt64(ltxid?.number ?? 0))
    writer.byte(kind.rawValue)
    writer.byte(status.rawValue)
    writer.byte(isShared ? 1 : 0)
    writer.signed(start)
    writer.byte(duration == nil ? 0 : 1)
    writer.signed(duration ?? 0)
    writer.attributes(attributes)
    writer.events(events, base: start)
    writer.links(links)
    writer.byte(origin == nil ? 0 : 1)
    if let origin { writer.origin(origin) }
    for number in [flags, dropped.attributes, dropped.events, dropped.links] { writer.number(UInt64(number)) }
    return writer.bytes
  }
}

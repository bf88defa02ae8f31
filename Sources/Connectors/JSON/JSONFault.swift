/// Where JSON cannot be read, and what would be right there.
struct JSONFault: Error, Equatable {
  /// The offset of the first byte of what cannot be read.
  var place: Int
  /// What must be there, as in `must be text`; nil when it is not JSON at all from there on.
  var reason: String?

  /// The way to `place` in `body`: `resourceSpans[0].scopeSpans[1].name`; empty for the whole body.
  ///
  /// It is looked for only when something is wrong: what is right costs no path.
  static func path(to place: Int, in body: [UInt8]) -> String {
    body.withUnsafeBufferPointer { bytes in
      var search = PathSearch(scanner: JSONScanner(bytes), target: place)
      return search.path()
    }
  }
}

/// Walks through JSON that is known to be right up to the target.
private struct PathSearch {
  private enum Level {
    case array(index: Int)
    case object(key: String)
  }

  var scanner: JSONScanner
  let target: Int

  mutating func path() -> String {
    var levels: [Level] = []
    while scanner.place < target, let byte = scanner.next(), scanner.place < target {
      switch byte {
      case UInt8(ascii: "["): levels.append(.array(index: 0))
      case UInt8(ascii: "{"): levels.append(.object(key: ""))
      case UInt8(ascii: "]"), UInt8(ascii: "}"): levels.removeLast()
      case UInt8(ascii: ","):
        if case .array(let index) = levels.last { levels[levels.count - 1] = .array(index: index + 1) }
      case UInt8(ascii: "\""):
        let start = scanner.place
        guard scanner.skipText() else { return Self.text(levels) }
        if scanner.next() == UInt8(ascii: ":"), case .object = levels.last {
          levels[levels.count - 1] = .object(key: JSONText.string(scanner.bytes[start..<scanner.place], isClosed: true))
        }
        continue
      default: break
      }
      scanner.place += 1
    }
    return Self.text(levels)
  }

  private static func text(_ levels: [Level]) -> String {
    let path = levels.prefix(shown).reduce(into: "") { path, level in
      switch level {
      case .array(let index): path += "[\(index)]"
      case .object(let key): path += (path.isEmpty ? "" : ".") + Excerpt.of(key)
      }
    }
    return levels.count > shown ? path + "…" : path
  }

  /// Levels of a path that are told: no message has more, but what nobody knows may.
  private static let shown = 32
}

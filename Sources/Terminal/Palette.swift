internal import CNcurses
internal import Drawing

/// What each style is to ncurses: attribute bits and a colour pair, found once and kept.
struct Palette {
  struct Entry {
    var attributes: attr_t
    var pair: Int32
  }

  /// ncurses keeps 65,536 pairs at most and recycles the oldest; this many are never reached by a theme, only by a
  /// program that changes it all day.
  private static let limit = 32_000

  private let theme: Theme
  private let depth: ColorDepth
  private var entries: [CellStyle: Entry] = [:]
  private var last: (style: CellStyle, entry: Entry)?

  init(theme: Theme, depth: ColorDepth) {
    self.theme = theme
    self.depth = depth
  }

  /// Whether so many styles were seen that pairs may soon be recycled under our feet.
  var isFull: Bool { entries.count >= Self.limit }

  mutating func entry(for style: CellStyle) -> Entry {
    if let last, last.style == style { return last.entry }
    let entry = entries[style] ?? make(style)
    last = (style, entry)
    return entry
  }

  private mutating func make(_ style: CellStyle) -> Entry {
    let look = Look(style, theme: theme, depth: depth)
    var entry = Entry(attributes: Self.bits(look.attributes), pair: 0)
    // Numbers past 255 need cn_put's extended colour.
    if depth != .mono { entry.pair = max(0, alloc_pair(Int32(look.foreground), Int32(look.background))) }
    entries[style] = entry
    return entry
  }

  private static func bits(_ attributes: TextAttributes) -> attr_t {
    var bits: attr_t = 0
    if attributes.contains(.bold) { bits |= CN_BOLD }
    if attributes.contains(.dim) { bits |= CN_DIM }
    if attributes.contains(.italic) { bits |= CN_ITALIC }
    if attributes.contains(.underline) { bits |= CN_UNDERLINE }
    if attributes.contains(.reverse) { bits |= CN_REVERSE }
    return bits
  }
}

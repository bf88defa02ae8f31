import Drawing
import Widgets

/// One thing in a list of things that need several lines each; where there is little room only the first ones are shown.
struct Entry: Sendable {
  /// One line: text at the left, a figure at the right. The text gives way.
  struct Line: Sendable {
    var left: [Run]
    /// What follows the text as long as it fits as a whole.
    var more: [[Run]]
    var right: [Run]
    /// What stands before the figure where the text leaves room, or has none even so.
    var note: [Run]

    init(_ left: [Run], more: [[Run]] = [], right: [Run] = [], note: [Run] = []) {
      self.left = left
      self.more = more
      self.right = right
      self.note = note
    }
  }

  var key: String
  var lines: [Line]

  init(_ key: String, _ lines: [Line]) {
    self.key = key
    self.lines = lines
  }
}

/// Entries below each other.
struct EntryList {
  var entries: [Entry]
  var selected: Int?
  var hovered: Int?
  var offset = 0
  var isFocused = false
  /// The one sentence of an empty list.
  var empty: [Run] = []

  /// How many lines each entry gets in `height` lines: all alike, as many as let all be seen, but at least one.
  func depth(_ height: Int) -> Int {
    let deepest = entries.map(\.lines.count).max() ?? 1
    for depth in stride(from: deepest, to: 1, by: -1) where total(depth) <= height { return depth }
    return 1
  }

  private func total(_ depth: Int) -> Int { entries.reduce(0) { $0 + min(depth, $1.lines.count) } }

  /// How many entries are in sight in `height` lines.
  func visibleCount(_ height: Int) -> Int { depth(height) > 1 ? entries.count : max(0, height) }

  /// Which entries are in sight, to follow the title of the list's panel; nothing where all are.
  func range(in rect: Rect) -> [Run] {
    let height = visibleCount(rect.height)
    let first = Scroll.offset(offset, showing: selected, count: entries.count, height: height)
    return Scroll.range(from: first, height: height, count: entries.count)
  }

  /// The entries in sight with their first lines, relative to the list's.
  private func placed(_ height: Int) -> [(index: Int, y: Int, count: Int)] {
    let depth = depth(height)
    var y = 0
    var places: [(index: Int, y: Int, count: Int)] = []
    let first = Scroll.offset(offset, showing: selected, count: entries.count, height: visibleCount(height))
    for index in entries.indices.dropFirst(first) {
      let count = min(depth, entries[index].lines.count)
      guard y + count <= height else { break }
      places.append((index, y, count))
      y += count
    }
    return places
  }

  func draw(on canvas: inout Canvas, in rect: Rect) {
    guard rect.width > 0, rect.height > 0 else { return }
    guard !entries.isEmpty else {
      canvas.rich(endEllipsis(empty, rect.width), x: rect.x, y: rect.y)
      return
    }
    for place in placed(rect.height) {
      let y = rect.y + place.y
      if place.index == selected, isFocused {
        Selection.focused.draw(on: &canvas, x: rect.x, y: y, width: rect.width)
      } else if place.index == hovered {
        Selection.unfocused.draw(on: &canvas, x: rect.x, y: y, width: rect.width)
      }
      for (line, content) in entries[place.index].lines.prefix(place.count).enumerated() {
        draw(content, on: &canvas, x: rect.x, y: y + line, width: rect.width)
      }
    }
  }

  private func draw(_ line: Entry.Line, on canvas: inout Canvas, x: Int, y: Int, width: Int) {
    let full = line.note + line.right
    let text = line.left.cellWidth + 2
    // A text that is cut all the same may as well leave it room.
    let hasNote = text + full.cellWidth <= width || text + line.right.cellWidth > width && full.cellWidth + 24 <= width
    let right = hasNote ? full : line.right
    let needed = right.cellWidth
    let hasRight = needed > 0 && needed + 8 <= width
    let room = hasRight ? width - needed - 2 : width
    canvas.rich(([endEllipsis(line.left, room)] + line.more).fitting(room, gap: 0), x: x, y: y)
    if hasRight { canvas.rich(right, x: x + width - needed, y: y) }
  }

  /// The entry at a line of the screen.
  func hit(y: Int, in rect: Rect) -> Int? {
    guard y < rect.bottom else { return nil }
    return placed(rect.height).first { (rect.y + $0.y..<rect.y + $0.y + $0.count).contains(y) }?.index
  }
}

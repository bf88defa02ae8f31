import Drawing
import Operations
import Widgets

/// The calls of a window side by side, the newest at the right: as wide tiles where there is room, else a column each.
struct CallTiles {
  let calls: [BreakerCall]
  /// How many there can be; what has not come yet is left open.
  var size: Int

  init(_ calls: [BreakerCall], size: Int? = nil) {
    self.calls = calls
    self.size = max(size ?? calls.count, calls.count)
  }

  /// The widest form that shows all in `width` columns: 3, 2 or 1 columns a call.
  private func tileWidth(_ width: Int) -> Int { [3, 2].first { $0 * size <= width } ?? 1 }

  func draw(on canvas: inout Canvas, x: Int, y: Int, width: Int) {
    guard width > 0, size > 0 else { return }
    let tile = tileWidth(width)
    let shown = min(size, width / tile)
    let missing = max(0, min(shown, size - calls.count))
    for (index, call) in calls.suffix(shown - missing).enumerated() {
      draw(Self.mark(call), on: &canvas, x: x + index * tile, y: y, width: tile)
    }
    for index in 0..<missing {
      let column = x + (shown - missing + index) * tile
      canvas.fill(Rect(x: column, y: y, width: tile, height: 1), .surface)
      canvas.put("·", x: column + tile / 3, y: y, .faint)
    }
  }

  private func draw(_ mark: (glyph: String, ink: Ink), on canvas: inout Canvas, x: Int, y: Int, width: Int) {
    canvas.fill(Rect(x: x, y: y, width: width, height: 1), mark.ink.mixed(toward: .background, 0.78))
    canvas.put(mark.glyph, x: x + width / 3, y: y, mark.ink, bold: true)
  }

  /// How one call went.
  static func mark(_ call: BreakerCall) -> (glyph: String, ink: Ink) {
    if call.isFailure { return ("✗", .failing) }
    return call.isSlow ? (Glyphs.slow, .degraded) : ("✓", .healthy)
  }
}

extension Canvas {
  /// Gives the cells of `rect` a ground and leaves what is written there.
  public mutating func fill(_ rect: Rect, _ ground: Ink) {
    forEachCell(of: rect) { canvas, x, y in canvas.modifyStyle(x: x, y: y) { $0.background = ground } }
  }

  /// Wipes the cells of `rect` and gives them a ground: what floats above lies on it.
  public mutating func clear(_ rect: Rect, _ ground: Ink = .background) {
    forEachCell(of: rect) { canvas, x, y in
      canvas.set(.blank, width: 1, x: x, y: y, style: CellStyle(.text, on: ground))
    }
  }

  /// Gives the letters of `rect` another ink and leaves the text.
  public mutating func recolor(_ rect: Rect, _ change: (Ink) -> Ink) {
    forEachCell(of: rect) { canvas, x, y in
      canvas.modifyStyle(x: x, y: y) { $0.foreground = change($0.foreground) }
    }
  }

  /// Says that text may be drawn over the cells of `rect`: a grid behind bars, the body of a chart under its label.
  public mutating func release(_ rect: Rect) {
    forEachCell(of: rect) { canvas, x, y in canvas.release(x: x, y: y) }
  }

  /// Makes everything drawn so far step back towards the ground, as a page does behind a popup. The first and the last
  /// line stay as they are.
  public mutating func recede(_ amount: Double = 0.62) {
    guard size.rows > 2 else { return }
    forEachCell(of: Rect(x: 0, y: 1, width: size.columns, height: size.rows - 2)) { canvas, x, y in
      canvas.modifyStyle(x: x, y: y) { style in
        style.foreground = style.foreground.mixed(toward: .background, amount)
        style.attributes.remove(.bold)
        if style.background != .background {
          style.background = style.background.mixed(toward: .background, amount)
        }
      }
    }
  }

  private mutating func forEachCell(of rect: Rect, _ body: (inout Canvas, Int, Int) -> Void) {
    let inside = rect.intersection(field)
    if inside != rect, !rect.isEmpty { report(.outside, "a ground", x: rect.x, y: rect.y) }
    for y in inside.y..<inside.bottom {
      for x in inside.x..<inside.right { body(&self, x, y) }
    }
  }
}

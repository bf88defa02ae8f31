public import Drawing

/// What floats: a box with round corners on a ground of its own, a shadow, and the page stepping back behind it.
public struct Popup: Sendable {
  public var title: [Run]
  /// At the right of the title's line; left out where there is no room.
  public var note: [Run]
  public var tone: Ink
  /// Columns with the box; 64 unless there is less room.
  public var width: Int
  /// Lines with the box.
  public var height: Int
  /// It stands as if it had so many: its top stays where it is while it grows and shrinks.
  public var room = 0

  public init(_ title: [Run], note: [Run] = [], tone: Ink = .border, width: Int = 64, height: Int) {
    self.title = title
    self.note = note
    self.tone = tone
    self.width = width
    self.height = height
  }

  /// Where the box stands in a canvas: in the middle between the first and the last line, two columns from the edges,
  /// or all of it where the canvas is narrower than 70.
  public func frame(in size: Size) -> Rect {
    let page = Rect(x: 0, y: 1, width: size.columns, height: size.rows - 2)
    guard size.columns >= 70 else { return page }
    let box = page.inset(left: 2, right: 2).centered(width: width, height: max(height, room))
    return Rect(x: box.x, y: box.y, width: box.width, height: min(box.height, height))
  }

  /// Draws the box over the whole canvas' page and returns the cells inside it, with a blank on each side.
  public func draw(on canvas: inout Canvas) -> Rect {
    let box = frame(in: canvas.size)
    canvas.recede()
    guard box.width >= 4, box.height >= 2 else { return Rect(x: box.x, y: box.y, width: 0, height: 0) }
    let page = Rect(x: 0, y: 1, width: canvas.size.columns, height: canvas.size.rows - 2)
    if box.x <= 2 {
      // What would be left of the page's lines beside the box could not be read.
      canvas.clear(Rect(x: 0, y: box.y, width: canvas.size.columns, height: box.height + 1).intersection(page))
    }
    canvas.clear(Rect(x: box.x + 2, y: box.y + 1, width: box.width, height: box.height).intersection(page), .shadow)
    canvas.clear(box, .raised)
    drawFrame(box, on: &canvas)
    return box.inset(left: 2, top: 1, right: 2, bottom: 1)
  }

  /// A line across a box drawn in `frame`, joined to its sides.
  public func drawDivider(on canvas: inout Canvas, y: Int) {
    let box = frame(in: canvas.size)
    guard box.width >= 2, y > box.y, y < box.bottom - 1 else { return }
    canvas.put(String(repeating: "─", count: box.width), x: box.x, y: y, .border, over: true)
    canvas.put("├", x: box.x, y: y, tone, over: true)
    canvas.put("┤", x: box.right - 1, y: y, tone, over: true)
  }

  private func drawFrame(_ box: Rect, on canvas: inout Canvas) {
    let line = String(repeating: "─", count: box.width - 2)
    canvas.put("╭" + line + "╮", x: box.x, y: box.y, tone)
    canvas.put("╰" + line + "╯", x: box.x, y: box.bottom - 1, tone)
    for y in box.y + 1..<box.bottom - 1 {
      canvas.put("│", x: box.x, y: y, tone)
      canvas.put("│", x: box.right - 1, y: y, tone)
    }
    let shown = endEllipsis(title, box.width - 6)
    var end = box.x + 2
    if !shown.isEmpty { end = canvas.rich([Run(" ")] + shown + [Run(" ")], x: end, y: box.y, over: true) }
    let needed = note.cellWidth + 2
    guard !note.isEmpty, end + 1 + needed <= box.right - 2 else { return }
    canvas.rich([Run(" ")] + note + [Run(" ")], x: box.right - 2 - needed, y: box.y, over: true)
  }
}

public import Drawing

/// A panel's head: title, line, and the panel's one figure at the right. A panel has no box.
public struct Rule: Sendable {
  public var title: [Run]
  /// Gives way first, run by run from its left, when there is no room; it never touches the title.
  public var figures: [Run]
  public var isFocused: Bool
  /// The line's ink where it is not that of a panel.
  public var tone: Ink?

  public init(_ title: [Run], figures: [Run] = [], isFocused: Bool = false, tone: Ink? = nil) {
    self.title = title
    self.figures = figures
    self.isFocused = isFocused
    self.tone = tone
  }

  public init(_ title: String, figures: [Run] = [], isFocused: Bool = false, tone: Ink? = nil) {
    self.init(
      [Run(title, tone ?? (isFocused ? .strong : .title), bold: true)], figures: figures, isFocused: isFocused,
      tone: tone)
  }

  public func draw(on canvas: inout Canvas, x: Int, y: Int, width: Int) {
    guard width > 0 else { return }
    let line = String(repeating: isFocused ? "━" : "─", count: width)
    canvas.put(line, x: x, y: y, tone ?? (isFocused ? .accent : .border))
    let shownTitle = endEllipsis(title, width)
    let titleWidth = shownTitle.cellWidth
    if titleWidth > 0 { canvas.rich(shownTitle + [Run(titleWidth < width ? " " : "")], x: x, y: y, over: true) }
    var shown = figures.namingKeys(canvas.glyphSet)
    // A blank, a piece of line and a blank stand between the two.
    while !shown.isEmpty, titleWidth + 3 + shown.cellWidth > width { shown.removeFirst() }
    if let first = shown.first { shown[0].text = String(first.text.drop { $0 == " " }) }
    guard !shown.text.isEmpty else { return }
    canvas.rich(
      [Run(" ")] + shown, x: x + width - shown.cellWidth - 1, y: y, width: shown.cellWidth + 1, over: true)
  }
}

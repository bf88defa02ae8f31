public import Drawing

/// The ground and bar of the row under the cursor. Drawn before the row's text.
public enum Selection: Hashable, Sendable {
  /// The cursor's row in the panel that has the keys.
  case focused
  /// The cursor's row in another panel, or the row under the mouse: the ground at half, no bar.
  case unfocused

  /// - Parameters:
  ///   - x: the first column of the row's text; the ground begins one column before it and ends one after.
  ///   - bar: the bar's ink, `fault` on what would break something.
  public func draw(on canvas: inout Canvas, x: Int, y: Int, width: Int, bar: Ink = .selectionBar) {
    let row = Rect(x: x - 1, y: y, width: width + 2, height: 1).intersection(canvas.bounds)
    switch self {
    case .focused:
      canvas.fill(row.intersection(canvas.field), .selection)
      guard canvas.field.contains(x: x - 1, y: y) else { return }
      canvas.put(Glyphs.selection, x: x - 1, y: y, bar, bold: true, over: true)
    case .unfocused:
      canvas.fill(row.intersection(canvas.field), Ink.selection.mixed(toward: .background, 0.5))
    }
  }
}

public import Drawing

/// A part of a whole as a heavy line on a thin one: rows stay apart, and it reads in mono.
public struct Meter: Sendable {
  /// 0...1
  public var part: Double
  public var ink: Ink
  public var back: Ink
  /// Whether the end of the part is a knob to be moved.
  public var isSlider: Bool

  public init(_ part: Double, ink: Ink, back: Ink = .border, isSlider: Bool = false) {
    self.part = part.isFinite ? min(max(part, 0), 1) : 0
    self.ink = ink
    self.back = back
    self.isSlider = isSlider
  }

  public func draw(on canvas: inout Canvas, x: Int, y: Int, width: Int) {
    canvas.rich(runs(width: width), x: x, y: y)
  }

  /// The same as text, `width` columns of it.
  public func runs(width: Int) -> [Run] {
    guard width > 0 else { return [] }
    let knob = isSlider ? 1 : 0
    let room = width - knob
    // What is not nothing is seen, and what is not all is seen not to be.
    var filled = part > 0 ? max(1 - knob, Int((part * Double(room)).rounded())) : 0
    if part < 1, filled == room, room > 1 { filled -= 1 }
    let middle = isSlider ? [Run("●", ink, bold: true)] : []
    return [Run(String(repeating: "━", count: filled), ink)] + middle
      + [Run(String(repeating: "─", count: room - filled), isSlider ? .faint : back)]
  }
}

public import Drawing

/// What a breaker was, two seconds a cell: the worst state in it wins, and its height says it without colour.
public struct HistoryStrip: Sendable {
  public enum State: Hashable, Sendable, CaseIterable {
    case closed, halfOpen, open
    /// Before the breaker was there.
    case none
  }

  /// Oldest first.
  public var states: [State]

  public init(_ states: [State]) {
    self.states = states
  }

  /// One state a column, the newest at the right.
  public func draw(on canvas: inout Canvas, x: Int, y: Int, width: Int) {
    let shown = states.suffix(max(0, width))
    let isASCII = canvas.glyphSet == .ascii
    for (index, state) in shown.enumerated() {
      let column = x + width - shown.count + index
      switch state {
      case .closed:
        canvas.put(isASCII ? "C" : "▂", x: column, y: y, Ink.closed.mixed(toward: .background, 0.62))
      case .halfOpen: canvas.put(isASCII ? "H" : "▄", x: column, y: y, .halfOpen)
      case .open: canvas.put(isASCII ? "O" : "▆", x: column, y: y, .open)
      case .none: break
      }
    }
  }
}

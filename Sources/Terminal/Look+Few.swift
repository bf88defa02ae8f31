internal import Drawing

/// Where there are few colours or none. A ground that is a tint is left out, ink that recedes is dim, and a ground that
/// says something (the selection, a badge, a bar) is its ink reversed: readable whatever the person's palette is.
extension Look {
  init(basic style: CellStyle) {
    var attributes = style.attributes
    switch Ground(style.background) {
    case .none:
      let (number, isDim) = Self.basicNumber(style.foreground)
      if isDim || style.foreground.isMixed { attributes.insert(.dim) }
      if attributes.contains(.bold) { attributes.remove(.dim) }
      self.init(number, on: -1, attributes)
    case .selection:
      self.init(-1, on: -1, attributes.union(.reverse))
    case .solid:
      let ground = Self.basicNumber(style.background).number
      if Self.isPartOfABar(style.foreground) {
        self.init(Self.basicNumber(style.foreground).number, on: ground, attributes)
      } else {
        self.init(ground, on: -1, attributes.union(.reverse))
      }
    }
  }

  init(mono style: CellStyle) {
    var attributes = style.attributes
    switch Ground(style.background) {
    case .none:
      if style.foreground.isMixed || Self.dimInMono(style.foreground) { attributes.insert(.dim) }
      if Self.boldInMono(style.foreground), !style.foreground.isMixed { attributes.insert(.bold) }
      if attributes.contains(.bold) { attributes.remove(.dim) }
    case .selection, .solid: attributes.insert(.reverse)
    }
    self.init(-1, on: -1, attributes)
  }

  /// Whether a cell is the bar before the selected row. Reversed it would not be seen: mono draws `>` instead.
  static func isCursorBar(_ glyph: Glyph, _ style: CellStyle) -> Bool {
    glyph.base == "▌" && style.background == .selection && [.selectionBar, .fault].contains(style.foreground)
  }

  /// What a ground is where it cannot be its colour.
  private enum Ground {
    case none, selection, solid

    init(_ ink: Ink) {
      guard !ink.isMixed, let name = ink.name else {
        self = ink.isMixed ? .none : .solid
        return
      }
      self = name == .selection ? .selection : name.isGround ? .none : .solid
    }
  }

  /// Two inks meet in one cell only in a waterfall, where a bar changes its colour within a cell.
  private static func isPartOfABar(_ ink: Ink) -> Bool {
    guard let name = ink.name else { return true }
    switch name {
    case .span, .critical, .failing, .compensation, .event: return true
    default: return false
    }
  }

  /// The terminal's colour for an ink, -1 for its own, and whether it is dim besides.
  private static func basicNumber(_ ink: Ink) -> (number: Int, isDim: Bool) {
    let (black, red, green, yellow, blue, magenta, cyan) = (0, 1, 2, 3, 4, 5, 6)
    let name: ThemeColor =
      switch ink.base {
      case .named(let color): color
      case .ramp(let position): Theme.rampColors[Int((position * 4).rounded())]
      case .flow(let position): Theme.flowColors[Int((position * 4).rounded())]
      }
    switch name {
    case .healthy, .closed, .ramp1: return (green, false)
    case .degraded, .halfOpen, .critical, .ramp2, .ramp3: return (yellow, false)
    case .failing, .open, .forcedOpen, .armed, .ramp4: return (red, false)
    case .fault: return (magenta, false)
    case .event, .frozen, .ramp0: return (cyan, false)
    case .accent, .selectionBar, .metricsOnly, .compensation, .replay, .span, .flow2, .flow3, .flow4:
      return (blue, false)
    case .flow0, .flow1: return (blue, true)
    case .border, .muted, .faint, .label, .unknown, .disabled: return (-1, true)
    case .onAccent: return (black, false)
    default: return (-1, false)
    }
  }

  private static func boldInMono(_ ink: Ink) -> Bool {
    switch ink.name {
    case .strong, .title, .degraded, .failing, .open, .halfOpen, .forcedOpen, .fault, .accent, .critical, .frozen,
      .replay, .armed, .selectionBar:
      true
    default: false
    }
  }

  private static func dimInMono(_ ink: Ink) -> Bool {
    if case .flow(let position) = ink.base { return position < 0.1 }
    switch ink.name {
    case .muted, .faint, .border, .label, .flow0, .span: return true
    default: return false
    }
  }
}

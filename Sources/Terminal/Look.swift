internal import Drawing

/// What a style is in a terminal: colour numbers and attributes. -1 is the terminal's own colour.
struct Look: Hashable {
  var foreground: Int
  var background: Int
  var attributes: TextAttributes

  init(_ foreground: Int, on background: Int, _ attributes: TextAttributes) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  /// What `style` is in `theme` where there are `depth` colours.
  init(_ style: CellStyle, theme: Theme, depth: ColorDepth) {
    switch depth {
    case .direct:
      func number(_ ink: Ink) -> Int { Self.direct(theme.color(of: ink)) }
      self.init(number(style.foreground), on: number(style.background), style.attributes)
    case .indexed256:
      func number(_ ink: Ink) -> Int { Self.nearestOf256(theme.color(of: ink, ramp: .five)) }
      self.init(number(style.foreground), on: number(style.background), style.attributes)
    case .basic: self.init(basic: style)
    case .mono: self.init(mono: style)
    }
  }

  /// The number is the colour, save that 0...7 are the terminal's own eight. A trace of red steps around those, unseen.
  static func direct(_ color: Color) -> Int {
    Int(color.rgb < 8 ? color.rgb | 0x01_0000 : color.rgb)
  }

  /// The nearest in the cube of 6 × 6 × 6 colours and the 24 greys. The first 16 are the person's, and not known.
  static func nearestOf256(_ color: Color) -> Int {
    let levels = [0, 95, 135, 175, 215, 255]
    func nearest(_ value: Int) -> Int {
      levels.indices.min { abs(levels[$0] - value) < abs(levels[$1] - value) } ?? 0
    }
    func distance(_ red: Int, _ green: Int, _ blue: Int) -> Int {
      let (r, g, b) = (red - color.red, green - color.green, blue - color.blue)
      return r * r + g * g + b * b
    }
    let (r, g, b) = (nearest(color.red), nearest(color.green), nearest(color.blue))
    let grey = min(23, max(0, ((color.red + color.green + color.blue) / 3 - 3) / 10))
    let greyLevel = 8 + grey * 10
    return distance(levels[r], levels[g], levels[b]) <= distance(greyLevel, greyLevel, greyLevel)
      ? 16 + 36 * r + 6 * g + b : 232 + grey
  }
}

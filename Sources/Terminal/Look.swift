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
      let (ink, ground) = (
        theme.color(of: style.foreground, ramp: .five), theme.color(of: style.background, ramp: .five)
      )
      // A ground that means something keeps its hue; one that is only tinted by it may be a grey.
      self.init(
        Self.nearestOf256(ink), on: Self.nearestOf256(ground, keepsHue: !style.background.isMixed), style.attributes)
    case .basic: self.init(basic: style)
    case .mono: self.init(mono: style)
    }
  }

  /// The number is the colour, save that 0...7 are the terminal's own eight. A trace of red steps around those, unseen.
  static func direct(_ color: Color) -> Int {
    Int(color.rgb < 8 ? color.rgb | 0x01_0000 : color.rgb)
  }

  /// The nearest in the cube of 6 × 6 × 6 colours and the 24 greys. The first 16 are the person's, and not known.
  ///
  /// - Parameter keepsHue: a dark colour that is clearly one becomes no grey, though that may be nearer.
  static func nearestOf256(_ color: Color, keepsHue: Bool = false) -> Int {
    let levels = [0, 95, 135, 175, 215, 255]
    if keepsHue, let pure = pure(color, levels) { return pure }
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

  /// The colour of the cube whose hue a dark colour has; nil for what is bright or nearly grey.
  private static func pure(_ color: Color, _ levels: [Int]) -> Int? {
    let parts = [color.red, color.green, color.blue]
    guard let most = parts.max(), let least = parts.min(), most < levels[2], most - least >= 32, least * 2 <= most
    else {
      return nil
    }
    // The strongest of the three lights up, and another one that is nearly as strong.
    let isLit = parts.map { ($0 - least) * 4 >= (most - least) * 3 }
    return 16 + zip(isLit, [36, 6, 1]).reduce(0) { $0 + ($1.0 ? $1.1 : 0) }
  }
}

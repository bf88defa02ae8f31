/// A colour for every name. Says what an ``Ink`` looks like where there are enough colours.
public struct Theme: Hashable, Sendable {
  public let name: String
  private let colors: [Color]
  private let whenFrozen: [ThemeColor: Color]

  /// - Parameters:
  ///   - whenFrozen: the colours that change while time stands still.
  ///   - color: asked once for each name.
  public init(name: String, whenFrozen: [ThemeColor: Color] = [:], color: (ThemeColor) -> Color) {
    self.name = name
    self.whenFrozen = whenFrozen
    colors = ThemeColor.allCases.map(color)
  }

  public subscript(color: ThemeColor) -> Color { colors[Int(color.rawValue)] }

  /// The theme while time stands still: the frame goes cold, the states keep their colours.
  public var frozen: Theme {
    Theme(name: name, whenFrozen: whenFrozen) { whenFrozen[$0] ?? self[$0] }
  }

  /// How a place between two of a ramp's five colours is drawn.
  public enum RampSteps: Hashable, Sendable {
    /// Mixed of the two: where there are 24 bits.
    case continuous
    /// The nearest of the five: elsewhere.
    case five
  }

  /// What an ink looks like.
  public func color(of ink: Ink, ramp steps: RampSteps = .continuous) -> Color {
    let start =
      switch ink.base {
      case .named(let color): self[color]
      case .ramp(let position): ramp(Self.rampColors, position, steps)
      case .flow(let position): ramp(Self.flowColors, position, steps)
      }
    return ink.mixes.reduce(start) { $0.mixed(toward: self[$1.color], $1.amount) }
  }

  private func ramp(_ colors: [ThemeColor], _ position: Double, _ steps: RampSteps) -> Color {
    let place = position * 4
    if steps == .five { return self[colors[Int(place.rounded())]] }
    let lower = min(Int(place), 3)
    return self[colors[lower]].mixed(toward: self[colors[lower + 1]], place - Double(lower))
  }

  /// The five colours of `Ink.ramp`, good first.
  public static let rampColors: [ThemeColor] = [.ramp0, .ramp1, .ramp2, .ramp3, .ramp4]
  /// The five colours of `Ink.flow`, little first.
  public static let flowColors: [ThemeColor] = [.flow0, .flow1, .flow2, .flow3, .flow4]
}

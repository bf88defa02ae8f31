/// The names a theme gives colours to. A page draws with these, never with colours.
public enum ThemeColor: UInt8, CaseIterable, Hashable, Sendable {
  case background, surface, raised, shadow
  case border, title, label
  case text, strong, muted, faint
  case accent, onAccent
  case selection, selectionBar
  case healthy, degraded, failing, unknown
  case closed, halfOpen, open, forcedOpen, disabled, metricsOnly
  case alarm
  case fault
  case compensation
  case event, span, critical
  case frozen, replay, armed
  case ramp0, ramp1, ramp2, ramp3, ramp4
  case flow0, flow1, flow2, flow3, flow4

  /// The name as a theme file spells it.
  public var name: String { String(describing: self) }

  /// The grounds a page lies on. Text is set on them; nothing is written with them.
  public var isGround: Bool {
    switch self {
    case .background, .surface, .raised, .shadow, .alarm: true
    default: false
    }
  }
}

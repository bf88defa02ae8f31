/// A drawing that lied about space: text cut, text over text, or text outside its field.
///
/// Collected in debug builds, so that a test asserts there were none; release builds draw what fits and say nothing.
public struct Violation: Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Hashable, Sendable {
    /// Text was wider than its field.
    case clipped
    /// Text would have covered other text.
    case overlap
    /// Text or a fill left the canvas or the rectangle it was confined to.
    case outside
  }

  public var kind: Kind
  public var text: String
  public var x: Int
  public var y: Int

  public var description: String { "\(kind) at \(x),\(y): \(text)" }
}

internal import Drawing

/// A number as it stands on a page: its digits, and the unit after them.
///
/// The two are apart so that a column can right-align the numbers and keep the units below each other.
public struct Figure: Hashable, Sendable {
  /// The digits with sign and separators, `2.07`, or a compound that has no one unit, `4m 12s`.
  public var number: String
  /// What follows the number, with the blank between when there is one: ` ms`, `/s`, ` %`, or nothing.
  public var unit: String

  public init(_ number: String, unit: String = "") {
    self.number = number
    self.unit = unit
  }

  public var text: String { number + unit }
  public var cellWidth: Int { text.cellWidth }

  /// What is shown where nothing is known. It is never 0.
  public static let unknown = Figure("–")
}

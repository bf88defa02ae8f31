import Drawing
import Operations
import Widgets

extension TableView {
  /// Draws the table under a rule with its name, the words that it is narrowed to, and which of its rows are in sight.
  /// - Parameters:
  ///   - note: what follows the name.
  ///   - figures: what the rule says at its right, in so many columns.
  func draw(
    _ name: String, note: [Run] = [], words: String, figures: (_ width: Int) -> [Run], on canvas: inout Canvas,
    in rect: Rect
  ) {
    guard rect.height > 0 else { return }
    let body = rect.split(top: 1).rest
    // Where there is little room what the table is sorted by is worth more.
    var title = [Run(name, isFocused ? .strong : .title, bold: true)] + (rect.width < 60 ? [] : note)
    if !words.isEmpty { title.append(Run(" · \(visible(words))", .accent)) }
    title += range(in: body)
    Rule(title, figures: figures(rect.width - title.cellWidth - 3), isFocused: isFocused)
      .draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
    draw(on: &canvas, in: body)
  }
}

extension [Run] {
  /// What stands where a filter has left no row.
  static func nothingMatches(_ words: String, among thing: String) -> [Run] {
    [.muted("No \(thing) matches \(visible(words)).  "), Run("Esc", .accent, bold: true), .muted(" clears")]
  }
}

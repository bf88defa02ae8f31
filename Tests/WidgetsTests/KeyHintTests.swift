import Drawing
import Testing
import Widgets

@Suite struct KeyHints {
  @Test(arguments: [
    Picture(
      60, 1,
      #"""
      ↵ open  f fault  Tab panel  Space freeze
      """#),
    Picture(
      26, 1,
      #"""
      ↵ open  f fault  Tab panel
      """#),
    Picture(
      8, 1,
      #"""
      ↵ open
      """#),
    Picture(
      5, 1,
      #"""

      """#),
    Picture(
      60, 1, .ascii,
      #"""
      Enter open  f fault  Tab panel  Space freeze
      """#),
  ]) func thoseThatFit(_ picture: Picture) {
    picture.expect { canvas in
      let hints = [KeyHint("↵", "open"), KeyHint("f", "fault"), KeyHint("Tab", "panel"), KeyHint("Space", "freeze")]
      let end = KeyHint.draw(hints, on: &canvas, x: 0, y: 0, width: canvas.size.columns)
      #expect(end <= canvas.size.columns)
    }
  }
}

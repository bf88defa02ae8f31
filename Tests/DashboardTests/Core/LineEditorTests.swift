import Drawing
import Testing

@testable import Dashboard

struct LineEditorTests {
  @Test(arguments: [
    ("", "text:abc", "abc|"), ("abc", "Left Left text:X", "aX|bc"), ("abc", "Home text:X", "X|abc"),
    ("abc", "Home End text:X", "abcX|"), ("abc", "Backspace", "ab|"), ("abc", "Home Backspace", "|abc"),
    ("abc", "Home Delete", "|bc"), ("abc", "Delete", "abc|"), ("dur>5 err", "^w", "dur>5 |"),
    ("dur>5 err", "^w ^w", "|"), ("abc", "Left ^u", "|c"), ("abc", "Home Right ^k", "a|"),
    ("한글", "Left text:x", "한x|글"),
    ("한글", "Backspace", "한|"), ("e\u{301}x", "Home Right Backspace", "|x"), ("abc", "^a ^e", "abc|"),
    ("abc", "Left Left Left Left Left", "|abc"), ("abc", "Right Right", "abc|"),
  ])
  func editing(before: String, keys: String, after: String) {
    var editor = LineEditor(before)
    for key in Keys.parse(keys) {
      let means = editor.press(key)
      #expect(means, "\(key) means something to a line")
    }
    var characters = Array(editor.text)
    characters.insert("|", at: editor.cursor)
    #expect(String(characters) == after)
  }

  @Test(arguments: ["Enter", "Esc", "Tab", "PgUp"])
  func keysThatAreNotALines(key: String) {
    var editor = LineEditor("abc")
    let means = editor.press(Keys.parse(key)[0])
    #expect(!means)
    #expect(editor.text == "abc")
  }

  @Test func history() {
    var editor = LineEditor("new", history: ["one", "two"])
    var seen: [String] = []
    for key in Keys.parse("Up Up Up Down Down Down") {
      _ = editor.press(key)
      seen.append(editor.text)
    }
    #expect(seen == ["two", "one", "one", "two", "new", "new"])
  }

  @Test func pastedControlsAreBlanks() {
    var editor = LineEditor()
    editor.insert("a\nb\u{1B}[2Jc\u{2028}d")
    #expect(editor.text == "a b [2Jc d")
    editor.insert(String(repeating: "x", count: 5_000))
    #expect(editor.text.count == LineEditor.limit)
  }

  @Test(arguments: [2, 3, 5, 8, 20])
  func theCursorIsAlwaysSeen(width: Int) {
    for text in ["", "abc", "한글과 컴퓨터", "👩‍👩‍👧 family", String(repeating: "x한", count: 40)] {
      var editor = LineEditor(text)
      for _ in 0...text.count {
        var canvas = Canvas(size: Size(columns: width, rows: 1), isStrict: true)
        editor.draw(on: &canvas, x: 0, y: 0, width: width)
        #expect(canvas.violations == [], "\(text) at \(editor.cursor)")
        #expect((0..<width).contains { canvas.ground(x: $0, y: 0) == .accent }, "\(text) at \(editor.cursor)")
        _ = editor.press(KeyPress(.left))
      }
    }
  }
}

import Drawing
import Testing
import Widgets

@Suite struct TableHits {
  private let rect = Rect(x: 2, y: 4, width: 20, height: 5)

  private func table(offset: Int = 0, selected: Int? = nil) -> TableView {
    TableView(
      columns: [
        TableColumn("name", .fixed(8)), TableColumn("gone", .fixed(30), priority: 1),
        TableColumn("lag", .fixed(6), align: .right),
      ],
      rowCount: 10, selected: selected, offset: offset
    ) { [.text("row \($0)"), .blank, .figure(Figures.count($0))] }
  }

  @Test func rowsAreFoundWhereTheyAreDrawn() {
    #expect(table().hit(x: 2, y: 5, in: rect) == .row(0))
    #expect(table().hit(x: 21, y: 8, in: rect) == .row(3))
    #expect(table().hit(x: 1, y: 8, in: rect) == .row(3))
    #expect(table().hit(x: 5, y: 9, in: rect) == nil)
    #expect(table().hit(x: 24, y: 5, in: rect) == nil)
    #expect(table(offset: 4).hit(x: 5, y: 5, in: rect) == .row(4))
    #expect(table(selected: 9).hit(x: 5, y: 8, in: rect) == .row(9))
    #expect(table().hit(x: 5, y: 12, in: rect.inset(bottom: -20)) == .row(7))
    #expect(table().hit(x: 5, y: 16, in: rect.inset(bottom: -20)) == nil)
  }

  @Test func headingsAreFoundByTheirColumn() {
    #expect(table().hit(x: 2, y: 4, in: rect) == .heading(0))
    #expect(table().hit(x: 9, y: 4, in: rect) == .heading(0))
    #expect(table().hit(x: 10, y: 4, in: rect) == .heading(2))
    #expect(table().hit(x: 17, y: 4, in: rect) == .heading(2))
  }

  @Test(
    arguments: [
      (0, nil, 100, 10, 0), (95, nil, 100, 10, 90), (0, 15, 100, 10, 6), (20, 5, 100, 10, 5), (3, 5, 100, 10, 3),
      (7, nil, 4, 10, 0),
      (0, 5, 100, 0, 0), (-4, nil, 100, 10, 0),
    ] as [(Int, Int?, Int, Int, Int)])
  func scrolling(offset: Int, row: Int?, count: Int, height: Int, first: Int) {
    #expect(Scroll.offset(offset, showing: row, count: count, height: height) == first)
  }

  @Test(
    arguments: [(0, 4, "  1–4/10"), (6, 4, "  7–10/10"), (0, 10, ""), (0, 0, ""), (0, 12, "")] as [(Int, Int, String)])
  func whatIsInSightIsSaidWhereThereIsMore(first: Int, height: Int, text: String) {
    #expect(Scroll.range(from: first, height: height, count: 10).text == text)
    #expect(table(offset: first).range(in: Rect(x: 0, y: 0, width: 20, height: height + 1)).text == text)
  }

  @Test func focusHoverAndRest() {
    var canvas = Canvas(columns: 8, rows: 4)
    func draw(selected: Int?, hovered: Int?, isFocused: Bool) {
      canvas = Canvas(columns: 8, rows: 4)
      TableView(
        columns: [TableColumn("n", .fixed(4))], rowCount: 3, selected: selected, hovered: hovered, isFocused: isFocused
      ) { [.text("r\($0)")] }.draw(on: &canvas, in: Rect(x: 1, y: 0, width: 4, height: 4))
    }
    draw(selected: 0, hovered: 2, isFocused: true)
    #expect(canvas.text == " n\n▌r0\n r1\n r2")
    #expect(canvas.ground(x: 5, y: 1) == .selection)
    #expect(canvas.ground(x: 6, y: 1) == .background)
    #expect(canvas.ground(x: 1, y: 3).description == "selection>background 0.51")
    draw(selected: 0, hovered: nil, isFocused: false)
    #expect(canvas.text == " n\n r0\n r1\n r2")
    #expect(canvas.ground(x: 1, y: 1).isMixed)
  }
}

import Drawing
import Testing

@Suite struct Rectangles {
  private let page = Rect(x: 2, y: 3, width: 114, height: 30)

  @Test func split() {
    let (top, rest) = page.split(top: 8, gap: 1)
    #expect(top == Rect(x: 2, y: 3, width: 114, height: 8))
    #expect(rest == Rect(x: 2, y: 12, width: 114, height: 21))
    let (left, right) = page.split(left: 55)
    #expect(left == Rect(x: 2, y: 3, width: 55, height: 30))
    #expect(right == Rect(x: 60, y: 3, width: 56, height: 30))
    #expect(page.split(bottom: 1).bottom == Rect(x: 2, y: 32, width: 114, height: 1))
    #expect(page.split(right: 44).right == Rect(x: 72, y: 3, width: 44, height: 30))
    #expect(page.split(top: 99).rest.isEmpty)
  }

  @Test func columnsFillTheWidth() {
    let columns = page.columns(4, gap: 2)
    #expect(columns.map(\.x) == [2, 31, 60, 89])
    #expect(columns.map(\.width) == [27, 27, 27, 27])
    #expect(Rect(x: 0, y: 0, width: 10, height: 1).columns(3, gap: 1).map(\.width) == [3, 3, 2])
  }

  @Test func meet() {
    #expect(page.intersection(Rect(x: 0, y: 0, width: 4, height: 5)) == Rect(x: 2, y: 3, width: 2, height: 2))
    #expect(page.intersection(Rect(x: 200, y: 0, width: 4, height: 5)).isEmpty)
    #expect(page.centered(width: 64, height: 100) == Rect(x: 27, y: 3, width: 64, height: 30))
    #expect(page.contains(x: 115, y: 32))
    #expect(!page.contains(x: 116, y: 32))
  }
}

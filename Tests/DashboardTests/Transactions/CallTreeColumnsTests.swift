import Drawing
import Operations
import Testing
import TraceCollector

@testable import Dashboard

/// How the width of a call tree is shared between names and the waterfall.
struct CallTreeColumnsTests {
  private func columns(_ width: Int, names: Int) -> CallTreeColumns {
    CallTreeColumns(x: 2, width: width, hopWidth: 3, codeWidth: 5, names: names)
  }

  @Test(arguments: [40, 56, 76, 114, 196]) func aWideWaterfallGivesWayToNames(width: Int) {
    let usual = columns(width, names: 0)
    #expect(columns(width, names: usual.treeWidth).axisWidth == usual.axisWidth, "names that fit need nothing")
    let few = columns(width, names: usual.treeWidth + 5)
    let many = columns(width, names: 10_000)
    #expect(many.treeWidth + many.axisWidth == usual.treeWidth + usual.axisWidth)
    #expect(few.code == usual.code && many.code == usual.code)
    if width >= 70 {
      #expect(few.treeWidth == usual.treeWidth + 5)
      #expect(many.axisWidth == max(20, width / 4))
    } else {
      #expect(many.axisWidth == usual.axisWidth, "a narrow one keeps what it has")
    }
  }

  @Test func whatIsUndoneIsNamedByItsHopWhereThereIsNoRoom() throws {
    let layout = CallTreeLayout(TransactionFixture.detail.tree)
    let row = try #require(layout.tree.rows.firstIndex { $0.operation == "release credit" })
    let drawing = CallTreeRowDrawing(
      layout: layout, row: row, path: nil, isSelected: false, isFolded: false, isMatch: false)
    #expect(drawing.runs(within: 40).text == "customer release credit  ↺ undoes #3")
    #expect(drawing.runs(within: 30).text == "customer release credit  ↺ #3")
  }
}

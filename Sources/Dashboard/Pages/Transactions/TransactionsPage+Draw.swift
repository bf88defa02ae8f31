import Drawing
import Operations
import Widgets

extension TransactionsPage {
  func draw(on canvas: inout Canvas, in area: Rect, _ context: PageContext) {
    guard area.height > 2, area.width > 8 else { return }
    if let comparison { return comparison.draw(on: &canvas, in: area, context) }
    if let tree { return tree.draw(on: &canvas, in: area, context) }
    let width = area.width - 4
    list.rule(width: width, marked: marked, context).draw(on: &canvas, x: area.x + 2, y: area.y, width: width)
    let hover = context.clock - hoveredAt < 1_000_000_000 ? hovered : nil
    let rect = Self.listArea(area)
    list.table(in: rect, hovered: hover, marked: marked, context).draw(on: &canvas, in: rect)
  }

  func hints(_ context: PageContext) -> [KeyHint] {
    if comparison != nil { return [KeyHint("Esc", "back")] }
    guard let tree else {
      return [
        KeyHint(Glyphs.enter, "open"), KeyHint("/", "filter"), KeyHint("s", "sort"), KeyHint("#", "go to id"),
        KeyHint("m", "mark"), KeyHint("l", "log"), KeyHint("y", "copy"),
      ]
    }
    var hints = [
      KeyHint("n", "next error"), KeyHint("d", "details"), KeyHint("p", "critical path"), KeyHint("+ −", "zoom"),
    ]
    if tree.axis.isZoomed { hints.append(KeyHint("←→", "pan")) }
    return hints + [
      KeyHint("y", "copy"), KeyHint("l", "log"), KeyHint("t", tree.display.next.rawValue), KeyHint("S", "save"),
      KeyHint("m", marked == nil ? "mark" : "compare"),
    ]
  }

  var help: [KeyHint] {
    if comparison != nil { return [KeyHint("j k", "Move."), KeyHint("Esc", "Back to where the two were chosen.")] }
    guard tree != nil else {
      return [
        KeyHint("Enter", "Opens the call tree of the transaction under the cursor."),
        KeyHint(
          "/", "Filters all that are kept: dur>500ms svc=payment err status=stuck op~charge user=kim, and or not ( )."),
        KeyHint("/ @", "Filters by an attribute of a span: @http.route=/orders http.response.status_code>=500."),
        KeyHint("s S", "Sorts by the next column, or the other way round."),
        KeyHint("g", "Goes to the top and follows the newest."),
        KeyHint("m", "Marks the transaction; on another one compares the two."),
        KeyHint("y l", "Copies the GTXID; shows its log."),
      ]
    }
    return [
      KeyHint("Enter ← →", "Folds and unfolds; the arrows pan the time axis while it is zoomed."),
      KeyHint("n N", "Goes to the next or the previous error."),
      KeyHint("p", "Shows the critical path of the transaction, of the request, or none."),
      KeyHint("d", "Shows all that was reported of the span: attributes, events, links, resource, library."),
      KeyHint("e", "Shows only what failed, and the way to it."),
      KeyHint("/", "Shows only what matches: names, topics, attributes, messages."),
      KeyHint("+ - z", "Zooms the time axis in and out, or shows all of it."),
      KeyHint("t", "Tree, flame graph, or everything in the order of time."),
      KeyHint("y l", "Copies the GTXID; shows the log."),
      KeyHint("S", "Saves the transaction as JSON."),
      KeyHint("m", "Marks the transaction; on another one compares the two."),
    ]
  }
}

extension CallTreeView.Display {
  var next: Self {
    let all = Self.allCases
    return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
  }
}

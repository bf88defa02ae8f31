import Drawing
import Operations
import Widgets

/// The second line: the pages, each with a mark in the colour of the worst it has to show, and the key for help.
struct TabLine {
  let model: Model
  let layout: FrameLayout

  /// A tab with the columns it takes.
  struct Place {
    let tab: Tab
    let columns: Range<Int>
    let text: String
  }

  /// The tabs with names as far as there is room: whole ones, short ones; then the last
  /// three lose theirs, and then all, but for the current one.
  var places: [Place] {
    let (room, current) = (layout.size.columns, model.page)
    var forms: [(Tab) -> String] = [{ layout.isWide ? $0.name : $0.short }, { $0.short }]
    for count in [9, 8, 7, 6, 5, 0] {
      let named = Tab.all.prefix(count)
      forms.append { tab in named.contains(tab) || tab.page == current ? tab.short : "" }
    }
    for form in forms {
      let places = placed(form)
      if let last = places.last, last.columns.upperBound <= room { return places }
    }
    return placed { _ in "" }.filter { $0.columns.upperBound <= room }
  }

  private func placed(_ name: (Tab) -> String) -> [Place] {
    var x = 0
    return Tab.all.map { tab in
      let name = name(tab)
      let text = name.isEmpty ? " \(tab.digit)" : " \(tab.digit) \(name)"
      // One more column: the mark, or a blank.
      let columns = x..<x + text.cellWidth + 1
      x = columns.upperBound
      return Place(tab: tab, columns: columns, text: text)
    }
  }

  func draw(on canvas: inout Canvas) {
    let (y, places) = (layout.tabLine, places)
    for place in places { draw(place, on: &canvas, y: y) }
    let end = places.last?.columns.upperBound ?? 0
    let help = [Run("?", .accent, bold: true), Run(" help", .muted)]
    if layout.size.columns - end > help.cellWidth + 2 {
      canvas.rich(help, x: layout.size.columns - 1 - help.cellWidth, y: y)
    }
  }

  private func draw(_ place: Place, on canvas: inout Canvas, y: Int) {
    let (tab, x) = (place.tab, place.columns.lowerBound)
    // Records belong to a topic.
    if tab.page == (model.page == .records ? .topics : model.page) {
      canvas.put(place.text + " ", x: x, y: y, .onAccent, background: .accent, bold: true)
      return
    }
    let alarm = model.shown.alarm(of: tab.page)
    let head = " \(tab.digit)"
    let rest = String(place.text.dropFirst(head.count))
    // Where names are short, or left out, the digit is what is looked at.
    let digit = layout.isWide ? nil : alarm
    canvas.put(head, x: x, y: y, digit ?? .faint, bold: digit != nil)
    let name: Ink = alarm == nil ? .muted : .text
    let end = canvas.put(rest, x: x + head.cellWidth, y: y, name)
    if let alarm { canvas.put("•", x: end, y: y, alarm, bold: true) }
  }

  /// What is at a column of the line.
  func tab(at column: Int) -> Tab? { places.first { $0.columns.contains(column) }?.tab }

  /// Whether a column is that of the key for help.
  func isHelp(at column: Int) -> Bool {
    column >= max(places.last?.columns.upperBound ?? 0, layout.size.columns - 7)
  }
}

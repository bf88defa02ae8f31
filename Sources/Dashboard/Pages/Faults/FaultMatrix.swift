import Drawing
import Operations
import Widgets

/// What can be broken: a line for each service, and a column for each kind, or for as many as there is room for around
/// the one that is chosen, or for that one alone.
struct FaultMatrix {
  private static let rateWidth = 6

  let page: FaultsPage
  let layout: FaultsLayout
  let context: PageContext
  // Every row asks for these.
  private let services: [FaultCatalogue.Service]
  private let longestName: Int
  /// The kinds that have a column: the first ones, or those up to the one that is chosen.
  private let kinds: [FaultKind.Name]

  init(page: FaultsPage, layout: FaultsLayout, _ context: PageContext) {
    self.page = page
    self.layout = layout
    self.context = context
    services = page.services(context)
    longestName = max(8, services.map { $0.name.cellWidth }.max() ?? 0)
    kinds = Self.kinds(upTo: page.kind, width: layout.matrix.width)
  }

  /// With fewer columns than this there are none.
  static let leastColumns = 6

  private static func kinds(upTo chosen: FaultKind.Name, width: Int) -> [FaultKind.Name] {
    let all = FaultsPage.kinds
    let room = max(1, min(all.count, (width - 19 - rateWidth - 1) / 8))
    let last = max(room, (all.firstIndex(of: chosen) ?? 0) + 1)
    return Array(all[(last - room)..<last])
  }

  /// The width from which so many kinds have columns.
  static func leastWidth(kinds: Int) -> Int { 2 + 16 + 1 + kinds * 8 + rateWidth + 1 }

  private var area: Rect { layout.matrix }
  private var isFocused: Bool { page.panel == .matrix }
  /// Columns give way to whole names, though never so far that their headings are cut.
  private var columnWidth: Int {
    let room = area.width - 3 - Self.rateWidth - 1
    let (most, wanted) = ((room - 16) / max(1, kinds.count), (room - longestName - 1) / max(1, kinds.count))
    return min(12, max(min(most, 8), wanted))
  }
  private var nameWidth: Int {
    layout.hasColumns
      ? area.width - 2 - kinds.count * columnWidth - Self.rateWidth - 2
      : max(8, area.width - 2 - 20 - (hasRate ? Self.rateWidth + 2 : 1))
  }
  /// Names get no more than the longest one needs.
  private var names: Int { min(nameWidth, longestName + 1) }
  private var hasRate: Bool { area.width >= 50 }
  private func column(_ index: Int) -> Int { area.x + 2 + names + 1 + index * columnWidth }
  private var firstKind: Int { column(0) }

  func hit(x: Int, y: Int) -> (line: Int, kind: FaultKind.Name?)? {
    let line = y - area.y - 2
    guard area.inset(left: -1, right: -1).contains(x: x, y: y), line >= 0, page.rows.offset + line < services.count
    else {
      return nil
    }
    guard layout.hasColumns, x >= firstKind else { return (page.rows.offset + line, nil) }
    let index = (x - firstKind) / columnWidth
    return (page.rows.offset + line, kinds.indices.contains(index) ? kinds[index] : nil)
  }

  func draw(on canvas: inout Canvas) {
    guard area.height > 1 else { return }
    let legend = [
      Run("·", .muted), Run(" can   ", .muted), Run(Glyphs.fault, .fault, bold: true),
      Run(" armed   blank: does not apply", .muted),
    ]
    var rule = Rule("what can be broken", figures: layout.hasColumns ? legend : [], isFocused: isFocused)
    rule.title += Scroll.range(from: page.rows.offset, height: area.height - 2, count: services.count)
    rule.draw(on: &canvas, x: area.x, y: area.y, width: area.width)
    guard !services.isEmpty else {
      let sentence =
        context.snapshot.system.isOnlyWatched
        ? "This is a real system, and msatop only watches it."
        : "Nothing here can be broken."
      canvas.put(endEllipsis(sentence, area.width), x: area.x, y: area.y + 1, .muted)
      return
    }
    drawHeadings(on: &canvas)
    let first = page.rows.offset
    for line in first..<min(services.count, first + area.height - 2) {
      drawRow(line, on: &canvas, y: area.y + 2 + line - first)
    }
  }

  private func drawHeadings(on canvas: inout Canvas) {
    let y = area.y + 1
    if layout.hasColumns {
      for (index, kind) in kinds.enumerated() {
        let isCurrent = isFocused && kind == page.kind
        canvas.put(
          endEllipsis(kind.heading, columnWidth - 1), x: column(index), y: y, isCurrent ? .strong : .faint,
          bold: isCurrent)
      }
    } else {
      canvas.put("service", x: area.x + 2, y: y, .faint)
      canvas.put("how", x: firstKind, y: y, .faint)
    }
    guard hasRate else { return }
    canvas.put("req/s", x: area.right - Self.rateWidth, y: y, .faint, width: Self.rateWidth, align: .right)
  }

  private func drawRow(_ line: Int, on canvas: inout Canvas, y: Int) {
    let service = services[line]
    let isCurrent = line == page.rows.line
    if isCurrent {
      let ground = Ink.selection.mixed(toward: .background, 0.45)
      canvas.fill(Rect(x: area.x - 1, y: y, width: area.width + 2, height: 1), ground)
      if isFocused { canvas.put(Glyphs.selection, x: area.x - 1, y: y, .selectionBar, bold: true) }
    }
    let state = context.snapshot.service(service.name)
    let mark = (state?.health ?? .unknown).mark
    canvas.put(mark.glyph, x: area.x, y: y, mark.ink, bold: true)
    let isBad = state?.health.isBad ?? false
    canvas.put(
      middleEllipsis(service.name, names), x: area.x + 2, y: y, isCurrent || isBad ? .strong : .text, bold: isCurrent)
    if layout.hasColumns {
      for (index, kind) in kinds.enumerated() {
        drawCell(kind, of: service, index, isCurrent, on: &canvas, y: y)
      }
    } else {
      drawChosen(of: service, isCurrent, on: &canvas, y: y)
    }
    guard hasRate else { return }
    let rate = state.map { Figures.rate($0.rate, unit: "") } ?? .unknown
    canvas.put(
      rate.text, x: area.right - Self.rateWidth, y: y, state == nil ? .faint : .text, width: Self.rateWidth,
      align: .right)
  }

  // MARK: Cells

  private struct Cell {
    var text: String
    var ink: Ink
    var isArmed = false
  }

  /// Nil where the kind does not apply.
  private func cell(_ kind: FaultKind.Name, of service: FaultCatalogue.Service) -> Cell? {
    let armed = context.snapshot.faults.armed(on: service.name).filter { $0.spec.kind.name == kind }
    if let fault = armed.first(where: \.isOn) ?? armed.first {
      let amount = FaultText.amount(of: fault.spec.kind)
      let text = fault.isOn ? (amount.isEmpty ? "on" : amount) : "off"
      return Cell(text: "\(Glyphs.fault) \(text)", ink: .fault, isArmed: fault.isOn)
    }
    let obstacle = context.snapshot.faults.catalogue.obstacle(to: kind, on: .service(service.name))
    return obstacle == nil ? Cell(text: "·", ink: .muted) : nil
  }

  private func drawCell(
    _ kind: FaultKind.Name, of service: FaultCatalogue.Service, _ index: Int, _ isCurrentRow: Bool,
    on canvas: inout Canvas, y: Int
  ) {
    let x = column(index)
    let cell = cell(kind, of: service)
    let isCursor = isFocused && isCurrentRow && kind == page.kind
    guard isCursor else {
      guard let cell else { return }
      let text = endEllipsis(cell.text, columnWidth - 1)
      let isLit = isCurrentRow || isFocused && kind == page.kind
      let ground: Ink? = cell.isArmed ? Ink.fault.mixed(toward: .background, 0.8) : nil
      canvas.put(
        text, x: x, y: y, cell.ink == .muted && isLit ? .strong : cell.ink, background: ground, bold: cell.isArmed)
      return
    }
    let text = cell.map { $0.text == "·" ? "· off" : $0.text } ?? "n/a"
    let ground: Ink = cell == nil ? .unknown : cell?.ink == .fault ? .fault : .accent
    canvas.fill(Rect(x: x - 1, y: y, width: columnWidth, height: 1), ground)
    canvas.put(endEllipsis(text, columnWidth - 1), x: x, y: y, .onAccent, background: ground, bold: true)
  }

  /// The kind under the cursor, or what is armed on a service.
  private func drawChosen(
    of service: FaultCatalogue.Service, _ isCurrent: Bool, on canvas: inout Canvas, y: Int
  ) {
    let room = area.right - (hasRate ? Self.rateWidth + 2 : 0) - firstKind
    if isCurrent, isFocused {
      let cell = cell(page.kind, of: service)
      let state = cell.map { $0.ink == .fault ? " " + $0.text : "" } ?? " n/a"
      let runs = [Run("◂ ", .faint), Run(page.kind.title, .strong, bold: true), Run(state, .fault), Run(" ▸", .faint)]
      canvas.rich(endEllipsis(runs, room), x: firstKind, y: y)
      return
    }
    let armed = context.snapshot.faults.armed(on: service.name)
    guard let fault = armed.first(where: \.isOn) ?? armed.first else { return }
    let words = [fault.spec.kind.name.title, fault.isOn ? FaultText.amount(of: fault.spec.kind) : "off"]
    let text = "\(Glyphs.fault) " + words.filter { !$0.isEmpty }.joined(separator: " ")
    canvas.put(endEllipsis(text, room), x: firstKind, y: y, .fault, bold: fault.isOn)
  }
}

import Drawing
import Operations
import Widgets

/// What is broken on purpose now, for how long still, and what has come of it.
struct ArmedFaultsPanel {
  let page: FaultsPage
  let layout: FaultsLayout
  let context: PageContext

  init(page: FaultsPage, layout: FaultsLayout, _ context: PageContext) {
    self.page = page
    self.layout = layout
    self.context = context
  }

  private var area: Rect { layout.armed }
  private var armed: [ArmedFault] { context.snapshot.faults.armed }
  /// What everything is built with from the start.
  private var builtIn: String? {
    let mistakes = context.snapshot.faults.builtIn.map(\.rawValue)
    return mistakes.isEmpty ? nil : mistakes.joined(separator: ", ")
  }

  func draw(on canvas: inout Canvas) {
    guard area.height > 0 else { return }
    drawRule(on: &canvas)
    guard !armed.isEmpty else {
      let nothing = builtIn == nil ? "Nothing" : "Nothing else"
      var runs = [Run("\(nothing) is broken on purpose.  ", .muted)]
      if !context.snapshot.system.isOnlyWatched {
        runs += [Run("a", .accent, bold: true), Run(" arms what is under the cursor", .muted)]
      }
      canvas.rich(endEllipsis(runs, area.width), x: area.x, y: area.y + 1)
      return
    }
    drawRows(on: &canvas)
    guard layout.hasAftermath else { return }
    canvas.rich(aftermath.runs(in: area.width - 2), x: area.x + 2, y: area.bottom - 1)
  }

  private func drawRule(on canvas: inout Canvas) {
    let on = armed.filter(\.isOn)
    var figures = on.isEmpty ? FactLine() : self.figures(of: on)
    let title =
      [Run("\(Glyphs.fault) armed now", armed.isEmpty ? .muted : .fault, bold: true)]
      + Scroll.range(from: page.armedRows.offset, height: layout.armedRows, count: armed.count)
    if let builtIn { figures.add([Run("built wrong: ", .muted), Run(builtIn, .fault, bold: true)], priority: 1) }
    let isFocused = page.panel == .armed
    let tone: Ink? = armed.isEmpty ? nil : isFocused ? .fault : Ink.fault.mixed(toward: .background, 0.55)
    Rule(
      title, figures: figures.runs(in: area.width - title.cellWidth - 3), isFocused: isFocused, tone: tone
    ).draw(on: &canvas, x: area.x, y: area.y, width: area.width)
  }

  private func figures(of on: [ArmedFault]) -> FactLine {
    var figures = FactLine()
    figures.add(
      [Run("\(on.count)", .fault, bold: true), Run(on.count == 1 ? " fault on" : " faults on", .muted)], priority: 1)
    let touches = on.reduce(0) { $0 + $1.touches }
    figures.add(
      [Run("touches ", .muted), Run(Figures.rate(touches, unit: "").text, .strong, bold: true), Run(" req/s", .muted)],
      priority: 2)
    figures.add([Run("press ", .muted), Run("!", .fault, bold: true), Run(" to end all", .muted)], priority: 3)
    return figures
  }

  private func drawRows(on canvas: inout Canvas) {
    let rect = Rect(x: area.x, y: area.y + 1, width: area.width, height: layout.armedRows + 1)
    let first = page.armedRows.offset
    for line in 0..<layout.armedRows where first + line < armed.count {
      let row = Rect(x: area.x - 1, y: rect.y + 1 + line, width: area.width + 2, height: 1)
      let isCurrent = page.panel == .armed && first + line == page.armedRows.line
      let isOn = armed[first + line].isOn
      if isOn { canvas.fill(row, Ink.fault.mixed(toward: .background, 0.85)) }
      if isCurrent { canvas.fill(row, .selection) }
      if isCurrent { canvas.put(Glyphs.selection, x: row.x, y: row.y, .fault, bold: true) }
    }
    TableView(columns: Self.columns, rowCount: armed.count, offset: first) { cells(armed[$0]) }
      .draw(on: &canvas, in: rect)
  }

  private static let columns = [
    TableColumn("", .fixed(1)),
    TableColumn("kind", .fit(minimum: 8), gap: 1),
    TableColumn("on", .share(minimum: 12)),
    TableColumn("strength", .fit(minimum: 6), priority: 1),
    TableColumn("share", .fit(minimum: 5), align: .right, priority: 4),
    TableColumn("hit", .fit(minimum: 4), align: .right, priority: 3),
    TableColumn("armed at", .fixed(8), priority: 5),
    TableColumn("", .share(minimum: 14, maximum: 36), priority: 6),
    TableColumn("left", .fit(minimum: 6), align: .right),
  ]

  private func cells(_ fault: ArmedFault) -> [TableCell] {
    let ink: Ink = fault.isOn ? .fault : .muted
    let amount = FaultText.amount(of: fault.spec.kind)
    let left = fault.endsAt.map { max(0, $0 &- context.snapshot.time) }
    let whole = fault.spec.timeToLive ?? fault.endsAt.map { $0 &- fault.armedAt }
    return [
      .text(Glyphs.fault, ink, bold: fault.isOn), .text(fault.spec.kind.name.rawValue, ink, bold: fault.isOn),
      target(fault),
      .text(amount.isEmpty ? "–" : amount, amount.isEmpty ? .faint : .text),
      .figure(Figures.percent(fault.spec.scope.share, isWhole: true), .text),
      .figure(Figures.short(Int(clamping: fault.hits)), fault.hits > 0 ? .text : .faint),
      .text(context.clock(fault.armedAt), .muted),
      left.flatMap { left in
        whole.map { .meter($0 > 0 ? Double(left) / Double($0) : 0, ink: fault.isOn ? .fault : .muted) }
      } ?? .blank,
      fault.isOn
        ? left.map { .figure(FaultText.left($0), .strong, bold: true) } ?? .text("until off", .muted)
        : .text("off", .muted),
    ]
  }

  /// Where it is, and what it is kept to: `payment partition=0 user=kim`. The share has a column of its own.
  private func target(_ fault: ArmedFault) -> TableCell {
    let name = FaultText.name(of: fault.spec.target)
    let ink: Ink = fault.isOn ? .strong : .muted
    let scope = fault.spec.scope
    let words = [
      scope.partition.map { "partition=\($0)" }, scope.route.map { "route=\($0)" }, scope.user.map { "user=\($0)" },
    ].compactMap(\.self)
    guard !words.isEmpty else { return .text(name, ink, bold: fault.isOn) }
    return .runs([Run(visible(name), ink, bold: fault.isOn), .muted(visible(" " + words.joined(separator: " ")))])
  }

  /// What has happened since the first of them was armed.
  private var aftermath: FactLine {
    let snapshot = context.snapshot
    var line = FactLine()
    line.add([Run("since then", .muted)], priority: 1)
    let failing = snapshot.services.count { $0.health == .down }
    let degraded = snapshot.services.count { $0.health == .degraded }
    func add(_ mark: String, _ number: Int, _ word: String, _ ink: Ink, priority: Int) {
      let isZero = number == 0
      let figure = Run("\(mark) \(Figures.count(number).text)", isZero ? .faint : ink, bold: !isZero)
      line.add([figure, Run(" \(word)", isZero ? .faint : .muted)], priority: priority, gap: 2)
    }
    add(Mark.failing.glyph, failing, "failing", .failing, priority: 2)
    add(Mark.degraded.glyph, degraded, "degraded", .degraded, priority: 4)
    add(Mark.open.glyph, armed.map(\.openedSince).max() ?? 0, "opened", .open, priority: 3)
    if let lag = snapshot.traffic.lag {
      let isGrowing = snapshot.traffic.lagGrowth > 0.5
      let arrow = isGrowing ? " \(Glyphs.growing)" : snapshot.traffic.lagGrowth < -0.5 ? " \(Glyphs.draining)" : ""
      let text = Figures.count(Int(lag)).text + arrow
      line.add([Run("lag ", .muted), Run(text, isGrowing ? .degraded : .text, bold: isGrowing)], priority: 3, gap: 2)
    }
    add("↺", armed.map(\.compensatedSince).max() ?? 0, "compensated", .compensation, priority: 2)
    return line
  }
}

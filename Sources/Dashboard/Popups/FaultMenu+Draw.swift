import Drawing
import Operations
import Widgets

extension FaultMenu {
  func draw(on canvas: inout Canvas, in screen: Rect, _ context: PageContext) {
    let layout = layout(in: screen)
    let verb = replaced == nil ? "break" : "change"
    let title = [Run("\(Glyphs.fault) \(verb) ", .fault, bold: true), Run(settings.service, .strong, bold: true)]
    let box = Widgets.Popup(title, note: [Run(note(context), .muted)], tone: .fault, height: layout.height)
    _ = box.draw(on: &canvas)
    if let divider = layout.divider {
      drawKinds(on: &canvas, layout)
      box.drawDivider(on: &canvas, y: divider)
    } else {
      drawCompactKind(on: &canvas, layout)
    }
    drawScope(on: &canvas, layout)
    drawIntensity(on: &canvas, layout)
    drawShare(on: &canvas, layout)
    drawTime(on: &canvas, layout)
    drawTouches(on: &canvas, layout, context)
    drawButtons(on: &canvas, layout)
  }

  private func note(_ context: PageContext) -> String {
    let here = context.snapshot.faults.armed(on: settings.service).filter(\.isOn).count
    let armed = here == 0 ? "" : "\(here) armed here   "
    return armed + context.snapshot.system.kind.rawValue
  }

  // MARK: Kinds

  private func drawKinds(on canvas: inout Canvas, _ layout: FaultMenuLayout) {
    let content = layout.content
    let nameWidth = content.width >= 50 ? 21 : 15
    let shown = entries.dropFirst(layout.firstKind).prefix(layout.kinds)
    let more = entries.count - shown.count
    if more > 0 { canvas.put("… \(more) more", x: content.x, y: content.y + layout.kinds, .faint) }
    for (index, entry) in shown.enumerated() {
      let y = content.y + index
      let isCurrent = entry.kind == settings.kind
      if isCurrent { select(on: &canvas, layout, y: y, isFocused: field == .kind) }
      let can = entry.obstacle == nil
      canvas.put(
        entry.kind.title, x: content.x, y: y, isCurrent && can ? .strong : can ? .text : .faint, bold: isCurrent && can)
      // Where the reason takes all the room it is enough.
      let text = entry.obstacle ?? entry.explanation
      let note = can || text.cellWidth > content.width - nameWidth - 5 ? "" : "n/a"
      let room = content.width - nameWidth - (note.isEmpty ? 0 : 5)
      canvas.put(
        endEllipsis(text, room), x: content.x + nameWidth, y: y,
        can ? .muted : .faint)
      canvas.put(note, x: content.right - note.cellWidth, y: y, .faint)
    }
  }

  private func drawCompactKind(on canvas: inout Canvas, _ layout: FaultMenuLayout) {
    drawLabel("kind", .kind, on: &canvas, layout)
    let ink: Ink = obstacle == nil ? .strong : .faint
    let runs = [
      Run("▴ ", .faint), Run(settings.kind.title, ink, bold: obstacle == nil), Run(" ▾", .faint),
      Run("  " + (obstacle ?? entries.first { $0.kind == settings.kind }?.explanation ?? ""), .muted),
    ]
    canvas.rich(endEllipsis(runs, layout.valueRoom), x: layout.valueColumn, y: layout.line(of: .kind))
  }

  /// The ground of the line that has the keys, up to the box's sides.
  private func select(on canvas: inout Canvas, _ layout: FaultMenuLayout, y: Int, isFocused: Bool) {
    let content = layout.content
    let row = Rect(x: content.x - 2, y: y, width: content.width + 4, height: 1)
    canvas.fill(row, isFocused ? .selection : Ink.selection.mixed(toward: .raised, 0.5))
    if isFocused { canvas.put(Glyphs.selection, x: row.x, y: y, .fault, bold: true) }
  }

  // MARK: Fields

  private func drawLabel(_ text: String, _ field: Field, on canvas: inout Canvas, _ layout: FaultMenuLayout) {
    let y = layout.line(of: field)
    let isFocused = field == self.field
    if isFocused { select(on: &canvas, layout, y: y, isFocused: true) }
    canvas.put(text, x: layout.content.x, y: y, isFocused ? .strong : fields.contains(field) ? .muted : .faint)
  }

  private func drawScope(on canvas: inout Canvas, _ layout: FaultMenuLayout) {
    drawLabel("scope", .scope, on: &canvas, layout)
    guard settings.strikesInstances else {
      let place = FaultText.name(of: settings.target)
      canvas.put(
        endEllipsis(visible(place), layout.valueRoom), x: layout.valueColumn, y: layout.line(of: .scope), .muted)
      return
    }
    if isOutside || settings.instances <= 1 {
      let text = isOutside ? "the whole company" : "the only instance"
      canvas.put(endEllipsis(text, layout.valueRoom), x: layout.valueColumn, y: layout.line(of: .scope), .muted)
      return
    }
    // No more than can stand in a line, whatever the number of instances.
    let first = max(0, settings.instance - 1)
    let near = (first...min(settings.instances, first + 8)).map { number in
      number == 0 ? "all instances" : "\(middleEllipsis(settings.service, 24))-\(number)"
    }
    drawChoice(near, settings.instance - first, on: &canvas, layout, y: layout.line(of: .scope))
  }

  private func drawIntensity(on canvas: inout Canvas, _ layout: FaultMenuLayout) {
    let y = layout.line(of: .intensity)
    guard settings.takesIntensity else {
      drawLabel("strength", .intensity, on: &canvas, layout)
      canvas.put(endEllipsis("all or nothing", layout.valueRoom), x: layout.valueColumn, y: y, .faint)
      return
    }
    drawLabel(settings.intensityName, .intensity, on: &canvas, layout)
    drawSlider(settings.intensityPosition, settings.intensityText, on: &canvas, layout, y: y)
  }

  private func drawShare(on canvas: inout Canvas, _ layout: FaultMenuLayout) {
    drawLabel("share", .share, on: &canvas, layout)
    let y = layout.line(of: .share)
    guard settings.takesShare else {
      canvas.put(endEllipsis("everybody", layout.valueRoom), x: layout.valueColumn, y: y, .faint)
      return
    }
    drawSlider(settings.share, FaultText.percent(settings.share), on: &canvas, layout, y: y)
  }

  private func drawSlider(
    _ position: Double, _ value: String, on canvas: inout Canvas, _ layout: FaultMenuLayout, y: Int
  ) {
    let width = layout.sliderWidth
    Meter(position, ink: .fault, isSlider: true).draw(on: &canvas, x: layout.valueColumn, y: y, width: width)
    canvas.put(value, x: layout.valueColumn + width + 1, y: y, .strong, bold: true, width: 9, align: .right)
  }

  private func drawTime(on canvas: inout Canvas, _ layout: FaultMenuLayout) {
    drawLabel("time", .time, on: &canvas, layout)
    var times = FaultMenuSettings.times
    if !times.contains(settings.time) { times.insert(settings.time, at: 0) }
    let words = times.map { $0.map(FaultText.duration) ?? "until off" }
    drawChoice(words, times.firstIndex(of: settings.time) ?? 0, on: &canvas, layout, y: layout.line(of: .time))
  }

  /// The one that is chosen between its arrows, and as many others as fit.
  private func drawChoice(
    _ words: [String], _ chosen: Int, on canvas: inout Canvas, _ layout: FaultMenuLayout, y: Int
  ) {
    func runs(_ range: Range<Int>) -> [Run] {
      range.flatMap { index -> [Run] in
        let gap = Run(index == range.lowerBound ? "" : "   ")
        if index != chosen { return [gap, Run(words[index], .muted)] }
        return [gap, Run("◂ ", .faint), Run(words[index], .strong, bold: true), Run(" ▸", .faint)]
      }
    }
    var range = 0..<words.count
    while runs(range).cellWidth > layout.valueRoom, range.count > 1 {
      range =
        range.upperBound - 1 > chosen
        ? range.lowerBound..<range.upperBound - 1 : range.lowerBound + 1..<range.upperBound
    }
    let isCut = range.count < words.count && runs(range).cellWidth + 3 <= layout.valueRoom
    let more = isCut ? [Run("  …", .faint)] : []
    canvas.rich(endEllipsis(runs(range) + more, layout.valueRoom), x: layout.valueColumn, y: y)
  }

  // MARK: What it would do

  private func drawTouches(on canvas: inout Canvas, _ layout: FaultMenuLayout, _ context: PageContext) {
    let y = layout.touches
    canvas.put("touches", x: layout.content.x, y: y, .muted)
    var line = FactLine()
    if let obstacle {
      line.add([Run("nothing: \(obstacle)", .muted)])
    } else if let service = context.snapshot.service(settings.service) {
      var rate = service.rate
      if settings.instance > 0, service.instances.indices.contains(settings.instance - 1) {
        rate = service.instances[settings.instance - 1].rate ?? 0
      }
      rate *= settings.takesShare ? settings.share : 1
      line.add([Run(Figures.rate(rate, unit: "").text, .strong, bold: true), Run(" req/s now", .text)])
      if let lag = service.lag, lag > 0 {
        let isMuch = service.lagVerdict.map { $0 != .ok } ?? false
        line.add([Run("\(Figures.count(Int(lag)).text) waiting records", isMuch ? .degraded : .text)], priority: 1)
      }
    } else {
      line.add([Run("– nobody calls it now", .muted)])
    }
    canvas.rich(line.runs(in: layout.valueRoom), x: layout.valueColumn, y: y)
  }

  private func drawButtons(on canvas: inout Canvas, _ layout: FaultMenuLayout) {
    let (content, y) = (layout.content, layout.buttons)
    let isPossible = obstacle == nil
    let word = replaced == nil ? "arm it" : "change"
    let end: Int
    if isPossible {
      let label = Glyphs.enterKey(canvas.glyphSet) + " " + word
      end = Badge(label, ground: .fault).draw(on: &canvas, x: content.x, y: y)
    } else {
      end = canvas.put(" \(word) ", x: content.x, y: y, .faint)
    }
    let hints = [
      Widgets.KeyHint("Tab", "next field"), Widgets.KeyHint("Esc", "leave it"), Widgets.KeyHint("!", "all off"),
    ]
    Widgets.KeyHint.draw(hints, on: &canvas, x: end + 3, y: y, width: content.right - end - 3)
  }
}

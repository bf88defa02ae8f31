import Drawing
import Operations
import TraceModel
import Widgets

/// The transactions of which two services say different things: who says what, since when, and what is to be done.
struct MismatchList: PopupContent {
  private var cursor = RowCursor()

  /// Lines about the row under the cursor, with the one that parts them from the list.
  private static let about = 4

  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action] {
    switch key.key {
    case .enter: return open(context)
    case .character("o"):
      guard let mismatch = selected(context) else { return [.dismiss] }
      return [.dismiss, .open(.order(mismatch.order.map { "\($0)" } ?? mismatch.gtxid.hex))]
    case .character("r"): return [.effect(.perform(.runJob(name: DataFlow.reconciliationKey)))]
    case .character("p"): return selected(context).map { [giveBack($0, context)] } ?? []
    case .escape, .character("q"): return [.dismiss]
    default: _ = cursor.press(key, keys(context), height: height(context))
    }
    return []
  }

  mutating func refresh(_ context: PageContext) -> [Action] {
    cursor.settle(keys(context), height: height(context))
    return []
  }

  private func open(_ context: PageContext) -> [Action] {
    selected(context).map { [.dismiss, .open(.transaction($0.gtxid, span: nil))] } ?? [.dismiss]
  }

  private func giveBack(_ mismatch: MismatchSnapshot, _ context: PageContext) -> Action {
    if let refusal = context.refusalOfDeeds { return .say(refusal, isProblem: true) }
    guard mismatch.chargedForNothing != nil else {
      let short = mismatch.gtxid.short
      return .say("\(short) cannot be settled by giving all of it back: \(visible(mismatch.remedy))", isProblem: true)
    }
    return .show(Popup(Confirmation.givingBack(mismatch)))
  }

  mutating func point(_ event: MouseEvent, in screen: Rect, _ context: PageContext) -> [Action] {
    let frame = box(context).frame(in: context.size)
    guard frame.contains(x: event.column, y: event.row) else { return event.action == .press ? [.dismiss] : [] }
    switch event.action {
    case .wheelDown: cursor.scroll(by: 3, keys(context), height: height(context))
    case .wheelUp: cursor.scroll(by: -3, keys(context), height: height(context))
    case .press, .doubleClick:
      let list = parts(frame.inset(left: 3, top: 1, right: 3, bottom: 1)).list
      guard case .row(let row)? = table(context).hit(x: event.column, y: event.row, in: list) else { return [] }
      cursor.select(keys(context)[row], keys(context), height: height(context))
      return event.action == .doubleClick ? open(context) : []
    case .move, .release: break
    }
    return []
  }

  // MARK: - What is shown

  private func mismatches(_ context: PageContext) -> [MismatchSnapshot] {
    context.snapshot.data.reconciliation?.mismatches ?? []
  }

  private func keys(_ context: PageContext) -> [String] {
    unique(mismatches(context).map { "\($0.gtxid.hex) \($0.rule)" })
  }

  private func selected(_ context: PageContext) -> MismatchSnapshot? {
    cursor.index(in: keys(context)).map { mismatches(context)[$0] }
  }

  private func box(_ context: PageContext) -> Widgets.Popup {
    let found = context.snapshot.data.reconciliation ?? ReconciliationSnapshot()
    var note = [
      Run(Figures.count(found.count).text, found.count > 0 ? .failing : .muted, bold: found.count > 0),
      .muted(" of \(Figures.count(found.compared).text)"),
    ]
    if let time = found.judgedThrough { note.append(.muted(", judged up to \(context.clock(time))")) }
    return Widgets.Popup(
      [Run("mismatches", .title, bold: true)], note: note, width: 100,
      height: max(1, mismatches(context).count) + 3 + Self.about)
  }

  /// The list has what the lines below leave to it.
  private func parts(_ inside: Rect) -> (list: Rect, about: Rect) {
    let parts = inside.split(top: max(3, inside.height - Self.about))
    return (parts.top, parts.rest)
  }

  private func height(_ context: PageContext) -> Int {
    let inside = box(context).frame(in: context.size).inset(left: 3, top: 1, right: 3, bottom: 1)
    return max(1, parts(inside).list.height - 1)
  }

  private func table(_ context: PageContext) -> TableView {
    let mismatches = mismatches(context)
    // Who says it and what: an order says what it was paid, and has a number of its own beside.
    let sides = mismatches.first?.sides.map { "\($0.service) \($0.kind)" } ?? []
    let columns =
      [TableColumn("order", .fit(minimum: 6), align: .right), TableColumn("age", .fit(minimum: 6), align: .right)]
      + sides.map { TableColumn($0, .fit(minimum: $0.cellWidth), align: .right) }
      + [
        TableColumn("GTXID", .fixed(9), priority: 1, gap: 3),
        TableColumn("what to do", .share(minimum: 20, maximum: 60), priority: 2),
      ]
    let empty =
      context.snapshot.data.reconciliation?.judgedThrough == nil ? "Nothing was compared yet." : "All agree."
    return TableView(
      columns: columns, rowCount: mismatches.count, selected: cursor.index(in: keys(context)), offset: cursor.offset,
      empty: [.muted(empty)]
    ) { row in Self.cells(mismatches[row], sides.count, context) }
  }

  private static func cells(_ mismatch: MismatchSnapshot, _ sides: Int, _ context: PageContext) -> [TableCell] {
    var cells: [TableCell] = [
      mismatch.order.map { .figure(Figures.count(Int(clamping: $0)), .strong) } ?? .unknown,
      .figure(Figures.age(max(0, context.since(mismatch.since))), .muted),
    ]
    for index in 0..<sides {
      guard mismatch.sides.indices.contains(index) else {
        cells.append(.unknown)
        continue
      }
      let isRight = mismatch.sides[index].amount == mismatch.sides[0].amount
      cells.append(
        .figure(Figures.count(Int(clamping: mismatch.sides[index].amount)), isRight ? .text : .failing))
    }
    return cells + [.text(mismatch.gtxid.short, .accent), .text(mismatch.remedy, .text)]
  }

  func draw(on canvas: inout Canvas, in screen: Rect, _ context: PageContext) {
    let box = box(context)
    let (list, about) = parts(box.draw(on: &canvas).inset(left: 1, right: 1))
    table(context).draw(on: &canvas, in: list)
    guard about.height >= 2, let mismatch = selected(context) else { return }
    box.drawDivider(on: &canvas, y: about.y)
    let sides = mismatch.sides.map { "\($0.service): \($0.kind) \(Count.grouped($0.amount))" }.joined(separator: "   ")
    let lines =
      wrapped([Run(visible(mismatch.rule), .strong), .muted("   \(visible(sides))")], width: about.width).prefix(1)
      + wrapped([Run("→ ", .accent), Run(visible(mismatch.remedy))], width: about.width).prefix(2)
    for (row, line) in lines.enumerated() where row < about.height - 1 {
      canvas.rich(line, x: about.x, y: about.y + 1 + row)
    }
  }

  func breadcrumb(_ context: PageContext) -> [String] { ["mismatches"] }

  func hints(_ context: PageContext) -> [KeyHint] {
    // Short ones: where it is narrow each has its place all the same.
    var hints = [KeyHint("↵", "call tree"), KeyHint("o", "order"), KeyHint("r", "compare", isDeed: true)]
    if selected(context)?.chargedForNothing != nil { hints.append(KeyHint("p", "pay back", isDeed: true)) }
    return hints + [KeyHint("Esc", "close")]
  }
}

extension Confirmation {
  /// Before money goes back.
  fileprivate static func givingBack(_ mismatch: MismatchSnapshot) -> Confirmation {
    Confirmation(
      question: "Give back what was charged in transaction \(mismatch.gtxid.short)?",
      effect: "To do: \(visible(mismatch.remedy)).", verb: "give it back",
      actions: [.effect(.perform(.giveMoneyBack(mismatch.gtxid)))])
  }
}

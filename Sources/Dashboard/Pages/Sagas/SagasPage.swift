import Drawing
import Operations
import TraceModel
import Widgets

/// What has a cursor on the page of sagas.
enum SagaPanel: Sendable, Hashable, CaseIterable {
  case sagas, definitions, timeline
}

/// Page 6: how many sagas of which kind are in which state, each with its steps, and of one all that happened to it.
struct SagasPage: Page {
  let id = PageID.sagas
  private(set) var words = ""
  private(set) var order = SagaOrder()
  var table = RowCursor()
  var definitions = RowCursor()
  var timeline = RowCursor()
  var focus = SagaPanel.sagas
  /// The saga that has the whole page.
  private(set) var opened: GTXID?
  var hover = Hover()
  var hoveredPanel: SagaPanel?
  /// When the timeline was asked for, on the system's clock, and the state that the saga was in.
  private var asked: (time: Int64, state: TransactionState?)?

  /// A saga that goes on is read anew so often.
  private static let rereadAfter: Int64 = 500_000_000

  init() {}

  mutating func refresh(_ context: PageContext) -> [Action] {
    order.settle(context)
    definitions.settle(definitionKeys(context))
    table.settle(rows(context).map(\.gtxid.hex))
    timeline.settle(momentKeys(context))
    if !focusable(context).contains(focus) { focus = opened == nil ? .sagas : .timeline }
    guard let opened else { return [] }
    let state = context.snapshot.sagas.saga(opened)?.state
    if let asked, isLoaded(context), asked.state == state {
      let isOver = state?.hasEnded ?? true
      // What was said of an ended saga at the same moment may still have been under way.
      let isFresh = context.stretch(from: asked.time, to: context.snapshot.time).magnitude < Self.rereadAfter
      if isOver || isFresh { return [] }
    }
    asked = (context.snapshot.time, state)
    return [.effect(.loadSaga(opened))]
  }

  mutating func go(to destination: Destination, _ context: PageContext) -> [Action] {
    switch destination {
    case .sagas:
      if opened != nil { (opened, focus) = (nil, .sagas) }
      table.letGo()
    case .saga(let id):
      if opened != id { (timeline, asked) = (RowCursor(), nil) }
      (opened, focus) = (id, .timeline)
      if !rows(context).contains(where: { $0.gtxid == id }) { reset() }
      table.select(id.hex, rows(context).map(\.gtxid.hex), height: tableHeight(context))
    default: break
    }
    return []
  }

  /// Shows all of them again.
  private mutating func reset() { (words, definitions) = ("", RowCursor()) }

  // MARK: - Filter

  var filter: String? { opened == nil ? words : nil }
  var filterExample: String { "stuck payment 77b0" }

  mutating func narrow(to text: String, _ context: PageContext) -> String? {
    words = text
    table.settle(rows(context).map(\.gtxid.hex), height: tableHeight(context))
    return nil
  }

  // MARK: - What is shown

  /// The definition that the list is narrowed to; nil for all of them.
  func definition(_ context: PageContext) -> SagaDefinitionSnapshot? {
    let all = context.snapshot.sagas.definitions
    guard let index = definitions.index(in: definitionKeys(context)), index > 0, all.indices.contains(index - 1) else {
      return nil
    }
    return all[index - 1]
  }

  func definitionKeys(_ context: PageContext) -> [String] {
    let all = context.snapshot.sagas.definitions
    return all.isEmpty ? [] : unique(["all"] + all.map(\.name))
  }

  /// The sagas that the definition and the filter let through, the longest in their states first.
  func rows(_ context: PageContext) -> [SagaSnapshot] {
    let wanted = words.lowercased().split(separator: " ")
    let definition = definition(context)
    let sagas = order.arranged(context.snapshot.sagas.sagas)
    guard definition != nil || !wanted.isEmpty else { return sagas }
    return sagas.filter { saga in
      if let definition, saga.definition != definition.name { return false }
      guard !wanted.isEmpty else { return true }
      let text = [saga.state.rawValue, saga.gtxid.hex, saga.definition, saga.waitsFor, saga.unpublished, saga.reason]
        .joined(separator: "\n").lowercased()
      return wanted.allSatisfy { text.contains($0) }
    }
  }

  /// The saga under the cursor, or the one that has the page.
  func saga(_ context: PageContext) -> SagaSnapshot? {
    if let opened { return context.snapshot.sagas.saga(opened) }
    let rows = rows(context)
    return table.index(in: rows.map(\.gtxid.hex)).map { rows[$0] }
  }

  private func isLoaded(_ context: PageContext) -> Bool {
    context.saga?.gtxid == opened || context.unknownSaga == opened
  }

  /// What happened to the saga that has the page, up to the moment that is shown; nil while it is being read.
  func moments(_ context: PageContext) -> [SagaMoment]? {
    guard let opened, let detail = context.saga, detail.gtxid == opened else {
      return opened != nil && context.unknownSaga == opened ? [] : nil
    }
    return context.isFrozen ? detail.moments.filter { $0.time <= context.snapshot.time } : detail.moments
  }

  func momentKeys(_ context: PageContext) -> [String] {
    unique((moments(context) ?? []).map { "\($0.time) \($0.kind.rawValue) \($0.step) \($0.text)" })
  }

  func moment(_ context: PageContext) -> SagaMoment? {
    guard let moments = moments(context) else { return nil }
    return timeline.index(in: momentKeys(context)).map { moments[$0] }
  }

  func layout(_ context: PageContext, in area: Rect? = nil) -> SagasLayout {
    let frame = FrameLayout(size: context.size)
    let area = area ?? frame.page
    let facts = facts(context)?.lines(width: area.width - 4).count ?? 0
    return SagasLayout(
      definitions: definitionKeys(context).count, sagas: rows(context).count, facts: facts, isOpened: opened != nil,
      area: area, isTall: frame.isTall)
  }

  func facts(_ context: PageContext) -> SagaFacts? {
    saga(context).map { SagaFacts(saga: $0, context: context) }
  }

  func tableHeight(_ context: PageContext) -> Int { max(1, (layout(context).sagas?.height ?? 3) - 2) }

  /// What Tab goes through.
  func focusable(_ context: PageContext) -> [SagaPanel] {
    let layout = layout(context)
    let places: [(SagaPanel, Rect?)] = [
      (.sagas, layout.sagas), (.definitions, layout.definitions), (.timeline, layout.timeline),
    ]
    return places.filter { $0.1 != nil }.map(\.0)
  }

  // MARK: - The cursor, as the frame sees it

  func breadcrumb(_ context: PageContext) -> [String] {
    var crumbs = ["sagas"]
    if let definition = definition(context), opened == nil { crumbs.append(definition.title) }
    if let id = opened ?? saga(context)?.gtxid { crumbs.append(id.short) }
    return crumbs
  }

  func subject(_ context: PageContext) -> Subject? {
    // Of a system that has started anew nothing is left.
    if let opened { return context.saga != nil || saga(context) != nil ? .saga(opened) : nil }
    return saga(context).map { .saga($0.gtxid) }
  }
}

import Drawing
import Operations
import TraceModel
import Widgets

extension DataPage {
  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action]? {
    guard !key.alt else { return nil }
    switch key.key {
    case .tab: moveFocus(by: 1, context)
    case .backTab: moveFocus(by: -1, context)
    case .enter: return openRow(context)
    case .escape: return escape(context)
    case .character("o"): return [.show(Popup(OrderPrompt()))]
    case .character("m"):
      guard context.snapshot.data.reconciliation != nil else { return [.say("nothing is compared here")] }
      return [.show(Popup(MismatchList()))]
    case .character("t"):
      guard let topic = topic(context) else { return [.say("nothing here is on a topic")] }
      return [.open(.records(RecordFilter(topic: topic)))]
    case .character("a") where focus == .events:
      return toggleAsOf(context)
    case .left, .right:
      guard let slider = slider(context) else { return nil }
      return slide(slider, up: key.key == .right)
    default:
      let keys = keys(focus, context)
      let height = height(focus, context)
      return cursors[focus, default: RowCursor()].press(key, keys, height: height) ? [] : nil
    }
    return []
  }

  private mutating func moveFocus(by step: Int, _ context: PageContext) {
    let choices = panels(context)
    guard !choices.isEmpty else { return }
    let index = choices.firstIndex(of: focus) ?? 0
    focus = choices[(index + step + choices.count) % choices.count]
  }

  /// What Enter, or a double click, opens.
  mutating func openRow(_ context: PageContext) -> [Action] {
    let index = cursor(focus).index(in: keys(focus, context))
    switch focus {
    case .stores: return store(context).map { [.open(.store($0.service))] } ?? []
    case .keys, .flows:
      return line(context).map {
        $0.key == DataFlow.reconciliationKey ? [.show(Popup(MismatchList()))] : [.open(.service($0.service))]
      } ?? []
    case .tables: return []
    case .outbox:
      let waiting = detail(context)?.outbox ?? []
      return index.map { [.open(.transaction(waiting[$0].gtxid, span: nil))] } ?? []
    case .changes: return change(context)?.gtxid.map { [.open(.transaction($0, span: nil))] } ?? []
    case .events:
      guard let order = order(context) else { return [] }
      let span = step(context)?.span ?? (order.history == nil ? index.map { order.events[$0].span } : nil)
      return [.open(.transaction(order.gtxid, span: span))]
    }
  }

  private mutating func escape(_ context: PageContext) -> [Action]? {
    if shown != .stores { return [.back] }
    if focus != .stores {
      focus = .stores
      return []
    }
    guard !words.isEmpty else { return nil }
    _ = narrow(to: "", context)
    return []
  }

  /// The topic that what is under the cursor goes to.
  private func topic(_ context: PageContext) -> String? {
    let index = cursor(focus).index(in: keys(focus, context))
    switch focus {
    case .outbox: return index.flatMap { detail(context)?.outbox?[$0].topic }
    case .events:
      guard let order = order(context), order.history == nil else { return nil }
      return index.map { order.events[$0].topic }
    case .stores, .tables, .keys, .flows, .changes: return nil
    }
  }

  // MARK: - Hints

  func hints(_ context: PageContext) -> [KeyHint] {
    switch focus {
    case .stores:
      [
        KeyHint("↵", "open"), KeyHint("o", "an order"), KeyHint("m", "mismatches"), KeyHint("f", "fault", isDeed: true),
        KeyHint("Tab", "on its way"),
        KeyHint("/", "filter"), KeyHint("w", "why"),
      ]
    case .keys:
      [
        KeyHint("↵", "service"), KeyHint("w", "why"), KeyHint("o", "an order"), KeyHint("f", "fault", isDeed: true),
        KeyHint("Tab", "panel"),
      ]
    case .flows where slider(context) != nil:
      [
        KeyHint("← →", "slide", isDeed: true), KeyHint("↵", "service"), KeyHint("w", "why"), KeyHint("o", "an order"),
        KeyHint("Tab", "panel"),
      ]
    case .flows: [KeyHint("↵", "open"), KeyHint("m", "mismatches"), KeyHint("o", "an order"), KeyHint("Tab", "panel")]
    case .tables: [KeyHint("o", "an order")] + nextPanel(context) + [KeyHint("Esc", "back")]
    case .outbox:
      [KeyHint("↵", "transaction"), KeyHint("o", "an order"), KeyHint("t", "topic")] + nextPanel(context)
        + [KeyHint("Esc", "back")]
    case .changes:
      [KeyHint("↵", "transaction"), KeyHint("o", "an order")] + nextPanel(context) + [KeyHint("Esc", "back")]
    case .events where order(context)?.history != nil:
      [
        KeyHint("↵", "call tree"), KeyHint("a", "as of then"), KeyHint("o", "another order"), KeyHint("Esc", "back"),
      ]
    case .events:
      [KeyHint("↵", "call tree"), KeyHint("t", "topic"), KeyHint("o", "another order"), KeyHint("Esc", "back")]
    }
  }

  /// Where Tab leads to on a store's page; nothing where there is no other panel.
  private func nextPanel(_ context: PageContext) -> [KeyHint] {
    let choices = panels(context)
    guard choices.count > 1, let place = choices.firstIndex(of: focus) else { return [] }
    switch choices[(place + 1) % choices.count] {
    case .tables: return [KeyHint("Tab", "tables")]
    case .outbox: return [KeyHint("Tab", "outbox")]
    case .changes: return [KeyHint("Tab", "log")]
    default: return [KeyHint("Tab", "panel")]
    }
  }

  var help: [KeyHint] {
    [
      KeyHint(
        "Enter",
        "the tables of a store, the oldest events in its outbox, the newest rows in its log; on these the transaction"),
      KeyHint("o", "one order, by its number or its GTXID: its row, its events, and what others keep of it"),
      KeyHint("✗", "in the comparison: it is not what the order says, or something is held that should not be"),
      KeyHint("m", "the transactions of which order and the company that charges say different things"),
      KeyHint("a", "the order as it was after the stored event under the cursor; the same again leaves it"),
      KeyHint("t", "the records of the topic that the event under the cursor goes to"),
      KeyHint("Tab", "goes to the key-value store, and to what is on its way: change capture, joins, views, sliders"),
      KeyHint("← →", "on a slider: moves \(SliderStep.percent) % of the customers", isDeed: true),
      KeyHint("/", "shows only stores whose service or kind has these words"),
      KeyHint("Esc", "back"),
    ]
  }
}

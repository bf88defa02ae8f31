import Drawing
import Operations
import TraceModel
import Widgets

extension BreakersPage {
  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action]? {
    guard !key.alt else { return nil }
    if case .character(let character) = key.key, let state = Self.forced(character) {
      return force(state, context)
    }
    switch key.key {
    case .tab: focus = focusable(context).following(focus, by: 1)
    case .backTab: focus = focusable(context).following(focus, by: -1)
    case .enter: return openRow(context)
    case .escape: return escape(context)
    case .character("r"): return reset(context)
    case .character("s") where !isOpened && focus != .guards:
      sort.advance(among: visibleColumns(context))
      table.settle(keys(context), height: tableHeight(context))
    case .character("S") where !isOpened && focus != .guards:
      sort.isDescending.toggle()
      table.settle(keys(context), height: tableHeight(context))
    default: return move(key, context) ? [] : nil
    }
    return []
  }

  private mutating func move(_ key: KeyPress, _ context: PageContext) -> Bool {
    let layout = layout(context)
    switch focus {
    case .breakers:
      var moved = table
      guard moved.press(key, keys(context), height: tableHeight(context)) else { return false }
      if let key = moved.key, key != table.key { select(key, context) }
      table = moved
      return true
    case .calls: return calls.press(key, detail(context)?.callKeys ?? [], height: layout.calls?.height ?? 1)
    case .transitions:
      return transitions.press(
        key, detail(context)?.transitionKeys ?? [], height: max(1, (layout.transitions?.height ?? 2) - 1))
    case .guards:
      return guards.press(key, guardsTable(context).keys, height: max(1, (layout.guards?.height ?? 3) - 2))
    }
  }

  private mutating func escape(_ context: PageContext) -> [Action]? {
    if isOpened {
      (isOpened, focus) = (false, .breakers)
      table.settle(keys(context), height: tableHeight(context))
      return []
    }
    if focus != .breakers {
      focus = .breakers
      return []
    }
    guard !words.isEmpty else { return nil }
    _ = narrow(to: "", context)
    return []
  }

  /// What Enter, or a double click, opens.
  mutating func openRow(_ context: PageContext) -> [Action] {
    switch focus {
    case .breakers:
      guard breaker(context) != nil else { return [] }
      isOpened = true
      (calls, transitions) = (RowCursor(), RowCursor())
      focus = focusable(context).first ?? .breakers
      return []
    case .calls:
      guard let call = selectedCall(context) else { return [] }
      guard let id = call.gtxid else { return [.say("this call belongs to no transaction")] }
      return [.open(.transaction(id, span: nil))]
    case .transitions: return []
    case .guards:
      let table = guardsTable(context)
      guard let index = guards.index(in: table.keys) else { return [] }
      return [.open(.service(table.edges[index].caller))]
    }
  }

  // MARK: - Commands

  private static func forced(_ character: Character) -> BreakerState? {
    switch character {
    case "o": .forcedOpen
    case "c": .closed
    case "d": .disabled
    case "m": .metricsOnly
    default: nil
    }
  }

  private func target(_ context: PageContext) -> (breaker: BreakerSnapshot?, refusal: [Action]) {
    if focus == .guards {
      return (nil, [.say("this is not about a breaker; Tab goes back to them")])
    }
    if let refusal = context.refusalOfDeeds { return (nil, [.say(refusal, isProblem: true)]) }
    return (breaker(context), [])
  }

  private func force(_ state: BreakerState, _ context: PageContext) -> [Action] {
    let (breaker, refusal) = target(context)
    guard let breaker else { return refusal }
    if breaker.state == state { return [.say("\(visible(breaker.label)) is \(state.mark.word) already")] }
    return [.effect(.perform(.forceBreaker(id: breaker.id, to: state)))]
  }

  private func reset(_ context: PageContext) -> [Action] {
    let (breaker, refusal) = target(context)
    guard let breaker else { return refusal }
    return [.effect(.perform(.resetBreaker(id: breaker.id)))]
  }

  // MARK: - Hints

  func hints(_ context: PageContext) -> [KeyHint] {
    let commands = [
      KeyHint("o", "force open", isDeed: true), KeyHint("c", "close", isDeed: true),
      KeyHint("d", "disable", isDeed: true), KeyHint("m", "metrics only", isDeed: true),
      KeyHint("r", "reset", isDeed: true),
    ]
    switch focus {
    case .breakers where context.snapshot.breakers.isEmpty: return [KeyHint("Tab", "guards")]
    case .breakers:
      return [KeyHint("↵", "open")] + commands + [
        KeyHint("Tab", "calls, guards"), KeyHint("s", "sort"), KeyHint("/", "filter"),
      ]
    case .calls: return [KeyHint("↵", "transaction")] + commands + [KeyHint("Tab", "panel")]
    case .transitions: return commands + [KeyHint("Tab", "panel")]
    case .guards: return [KeyHint("↵", "caller"), KeyHint("f", "fault", isDeed: true), KeyHint("Tab", "breakers")]
    }
  }

  var help: [KeyHint] {
    [
      KeyHint("Enter", "gives the breaker the whole page; on a call it opens the transaction"),
      KeyHint("o", "forces the breaker open: every call is refused until it is told otherwise", isDeed: true),
      KeyHint("c", "closes it", isDeed: true),
      KeyHint("d", "disables it: every call is let through and none is counted", isDeed: true),
      KeyHint("m", "metrics only: every call is let through and counted, and it never opens", isDeed: true),
      KeyHint("r", "resets it: closed, with an empty window", isDeed: true),
      KeyHint("Tab", "goes to the calls, the transitions, and the other guards: retry, time-out, bulkhead, limit"),
      KeyHint("s S", "sort by the next column, or the other way round"),
      KeyHint("/", "shows only breakers whose caller, called or state has these words"),
    ]
  }
}

import Drawing
import Operations
import TraceModel
import Widgets

extension SagasPage {
  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action]? {
    guard !key.alt else { return nil }
    switch key.key {
    case .tab: focus = focusable(context).following(focus, by: 1)
    case .backTab: focus = focusable(context).following(focus, by: -1)
    case .enter: return openRow(context)
    case .escape: return escape(context)
    case .character("t"):
      guard let id = opened ?? saga(context)?.gtxid else { return [.say("there is no saga here")] }
      return [.open(.transaction(id, span: nil))]
    case .character("r"): return move(.retry, context)
    case .character("p"): return move(.skip, context)
    case .character("e"): return move(.end, context)
    default: return moveCursor(key, context) ? [] : nil
    }
    return []
  }

  private mutating func moveCursor(_ key: KeyPress, _ context: PageContext) -> Bool {
    switch focus {
    case .sagas: return table.press(key, rows(context).map(\.gtxid.hex), height: tableHeight(context))
    case .definitions:
      let before = definitions.key
      guard definitions.press(key, definitionKeys(context), height: height(.definitions, context)) else { return false }
      // Another list begins at its top.
      if definitions.key != before { table = RowCursor() }
      table.settle(rows(context).map(\.gtxid.hex))
      return true
    case .timeline: return timeline.press(key, momentKeys(context), height: height(.timeline, context))
    }
  }

  /// How many rows of a panel are in sight.
  func height(_ panel: SagaPanel, _ context: PageContext) -> Int {
    let layout = layout(context)
    let rect =
      switch panel {
      case .sagas: layout.sagas
      case .definitions: layout.definitions
      case .timeline: layout.timeline
      }
    return max(1, (rect?.height ?? 3) - 2)
  }

  /// What Enter, or a double click, opens.
  mutating func openRow(_ context: PageContext) -> [Action] {
    switch focus {
    case .definitions:
      focus = .sagas
      return []
    case .sagas: return saga(context).map { [.open(.saga($0.gtxid))] } ?? []
    case .timeline:
      return opened.map { id in
        let moment = moment(context)
        return [.open(.transaction(moment?.gtxid ?? id, span: moment?.span))]
      } ?? []
    }
  }

  private mutating func escape(_ context: PageContext) -> [Action]? {
    if opened != nil { return [.open(.sagas)] }
    if focus != .sagas {
      focus = .sagas
      return []
    }
    if !words.isEmpty {
      _ = narrow(to: "", context)
      return []
    }
    guard definition(context) != nil else { return nil }
    definitions = RowCursor()
    return []
  }

  // MARK: - By hand

  /// Asks before something is done to a saga that is stuck.
  private func move(_ move: SagaMove, _ context: PageContext) -> [Action] {
    if let refusal = context.refusalOfDeeds { return [.say(refusal, isProblem: true)] }
    guard let saga = saga(context) else { return [.say("there is no saga here")] }
    guard !saga.isInferred else {
      return [.say("nobody coordinates this saga: there is nobody to tell", isProblem: true)]
    }
    guard saga.state == .stuck else {
      return [.say("this saga is \(saga.state.mark.word); only a STUCK one takes help", isProblem: true)]
    }
    return [.show(Popup(Confirmation.moving(saga, move)))]
  }

  // MARK: - Hints

  func hints(_ context: PageContext) -> [KeyHint] {
    let help = saga(context).map { $0.state == .stuck && !$0.isInferred } ?? false
    let byHand =
      help
      ? [
        KeyHint("r", "retry", isDeed: true), KeyHint("p", "pass over", isDeed: true), KeyHint("e", "end", isDeed: true),
      ] : []
    switch focus {
    case .sagas:
      return [KeyHint("↵", "timeline")] + byHand + [
        KeyHint("t", "call tree"), KeyHint("Tab", "definitions"), KeyHint("/", "filter"), KeyHint("w", "why"),
      ]
    case .definitions: return [KeyHint("↑ ↓", "only this kind"), KeyHint("↵", "its sagas"), KeyHint("Tab", "panel")]
    case .timeline: return [KeyHint("↵", "call tree")] + byHand + [KeyHint("Esc", "back"), KeyHint("w", "why")]
    }
  }

  var help: [KeyHint] {
    [
      KeyHint("Enter", "what happened to the saga: messages in, changes of state, messages out; there: its call tree"),
      KeyHint("t", "the call tree of the saga under the cursor"),
      KeyHint("Tab", "goes to the definitions: the cursor there narrows the list to one kind"),
      KeyHint("r", "of a STUCK saga: tries the step again, after a question", isDeed: true),
      KeyHint("p", "of a STUCK saga: passes over the step, as if it were done, after a question", isDeed: true),
      KeyHint("e", "of a STUCK saga: ends it where it stands, after a question", isDeed: true),
      KeyHint("( )", "steps in brackets are inferred: nobody coordinates the saga, its order and its events tell"),
      KeyHint("/", "shows only sagas that have these words: state, kind, id, reason"),
      KeyHint("Esc", "back to the list, clears the filter, shows all kinds"),
    ]
  }
}

extension Confirmation {
  /// Before somebody steps into a saga.
  fileprivate static func moving(_ saga: SagaSnapshot, _ move: SagaMove) -> Confirmation {
    let held = saga.locks.isEmpty ? "" : " What it holds is unlocked: \(visible(saga.locks.joined(separator: ", ")))."
    let at = saga.waitsFor.isEmpty ? "its step" : visible(saga.waitsFor)
    let (question, effect, verb) =
      switch move {
      case .retry: ("Try \(at) of saga \(saga.gtxid.short) again?", "All its attempts begin anew.", "retry")
      case .skip:
        (
          "Pass over \(at) of saga \(saga.gtxid.short)?",
          "It goes on as if that were done; what was not done stays undone.", "pass over"
        )
      case .end: ("End saga \(saga.gtxid.short)?", "What is left to do is not done.\(held)", "end it")
      }
    return Confirmation(
      question: question, effect: effect, verb: verb, actions: [.effect(.perform(.moveSaga(saga.gtxid, move)))])
  }
}

import Operations

/// Takes what came and changes the model; what it returns is to be done outside, in order.
public func update(_ model: inout Model, _ input: Input) -> [Effect] {
  switch input {
  case .key(let key): return model.press(key)
  case .mouse(let event): return model.point(event)
  case .paste(let text): return model.paste(text)
  case .resize(let size):
    model.size = size
    return model.refresh()
  case .focus(let hasFocus):
    model.hasFocus = hasFocus
    return []
  case .snapshot(let snapshot):
    model.live = snapshot
    model.timeline.add(snapshot)
    return model.openSentOrder() + (model.isFrozen ? [] : model.refresh())
  case .pastSnapshot(let snapshot): return model.show(past: snapshot)
  case .transaction(let id, let detail):
    model.transaction = detail
    model.unknownTransaction = detail == nil ? id : nil
    return model.refresh(afterLoad: true)
  case .saga(let id, let detail):
    model.saga = detail
    model.unknownSaga = detail == nil ? id : nil
    return model.refresh(afterLoad: true)
  case .store(_, let detail):
    model.store = detail
    return model.refresh(afterLoad: true)
  case .metrics(let service, let series):
    model.metrics = (service, series)
    return model.refresh(afterLoad: true)
  case .order(let key, let answer):
    (model.orderKey, model.order) = (key, answer)
    return model.refresh(afterLoad: true)
  case .found(let prefix, let ids):
    guard let top = model.popups.indices.last else { return [] }
    let context = model.context
    let actions = model.popups[top].content.found(ids, prefix: prefix, context)
    return model.perform(actions)
  case .matching(let question, let answer):
    model.matching = (question, answer)
    return model.refresh(afterLoad: true)
  case .log(let filter, let lines, let progress):
    model.log = lines
    model.logProgress = progress
    model.logFilter = filter
    return model.refresh(afterLoad: true)
  case .records(let filter, let answer):
    model.records = answer
    model.recordFilter = filter
    return model.refresh(afterLoad: true)
  case .preview(let move, let preview):
    guard let top = model.popups.indices.last else { return [] }
    let context = model.context
    return model.perform(model.popups[top].content.previewed(move, preview, context))
  case .outcome(let outcome):
    if case .refused(let sentence) = outcome {
      model.say(sentence, isProblem: true)
    } else {
      model.say(outcome.sentence)
    }
    return []
  case .tick(let time):
    model.clock = max(model.clock, time)
    if let message = model.message, message.until <= model.clock { model.message = nil }
    return []
  }
}

extension Model {
  /// Tells the page that is shown, and what floats above it, that the state has changed.
  mutating func refresh(afterLoad: Bool = false) -> [Effect] {
    let context = context
    var actions = pages.change(page) { $0.refresh(context) }
    for index in popups.indices { actions += popups[index].content.refresh(context) }
    if afterLoad { actions.removeAll { $0.isLoad } }
    return perform(actions)
  }

  mutating func say(_ text: String, isProblem: Bool = false) {
    message = Message(text: text, isProblem: isProblem, until: clock + Message.lifetime)
  }

  /// Carries out what a page or a popup answered, in order.
  mutating func perform(_ actions: [Action]) -> [Effect] {
    var effects: [Effect] = []
    for action in actions { effects += perform(action) }
    return effects
  }

  private mutating func perform(_ action: Action) -> [Effect] {
    switch action {
    case .effect(let effect):
      if case .perform = effect, let refusal = context.refusalOfDeeds { return saying(refusal, isProblem: true) }
      note(effect)
      return [effect]
    case .open(let destination):
      history.visit(destination)
      return go(to: destination)
    case .back: return go(to: history.back() ?? page.root)
    case .show(let popup):
      popups.append(popup)
      return []
    case .type(let line):
      popups.append(Popup(CommandPalette(line, history: commandHistory, themes: themes)))
      return []
    case .dismiss:
      popups = popups.dropLast()
      return []
    case .say(let text, let isProblem):
      say(text, isProblem: isProblem)
      return []
    case .order(let wish): return send(wish)
    case .saveSpans(let name): return saveSpans(as: name)
    case .remember(let line):
      commandHistory.removeAll { $0 == line }
      commandHistory.append(line)
      if commandHistory.count > 100 { commandHistory.removeFirst() }
      return []
    case .chooseTheme:
      popups.append(Popup(ThemeList(names: themes, current: theme)))
      return []
    case .travel(let time): return travel(to: time)
    case .travelOn(let time): return travel(to: time, isOn: true)
    case .goLive: return isFrozen ? toggleFreeze() : []
    case .showHelp:
      popups.append(Popup(HelpPopup(page: pages[page], shown)))
      return []
    }
  }

  /// Keeps what an effect tells about the cockpit itself.
  private mutating func note(_ effect: Effect) {
    switch effect {
    case .perform(.arm(let spec)): lastFault = spec
    case .setTheme(let name): theme = name
    case .setRefresh(let rate): refreshRate = rate
    case .copy(let text): say("copied \(text)")
    default: break
    }
  }

  /// Shows the place's page there.
  mutating func go(to destination: Destination) -> [Effect] {
    filterLine = nil
    let context = context
    var actions = pages.change(destination.page) { $0.go(to: destination, context) }
    actions += pages.change(destination.page) { $0.refresh(context) }
    return perform(actions)
  }
}

extension PageID {
  /// Where one is when there is nothing further back.
  fileprivate var root: Destination { self == .overview ? .overview : destination }
}

extension Action {
  fileprivate var isLoad: Bool {
    switch self {
    case .effect(.loadTransaction), .effect(.loadSaga), .effect(.loadStore), .effect(.findOrder), .effect(.loadLog),
      .effect(.loadRecords), .effect(.searchTransactions), .effect(.loadMetrics):
      true
    default: false
    }
  }
}

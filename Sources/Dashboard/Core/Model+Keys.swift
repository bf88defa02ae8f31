import Drawing
import Operations

extension Model {
  /// A key goes to what floats on top, else to the line that is typed, else to the keys that work everywhere, else to
  /// the page, else to the keys that work where the page has no other use for them.
  mutating func press(_ key: KeyPress) -> [Effect] {
    if let effects = pressAlways(key) { return effects }
    if isTooSmall { return [] }
    let context = context
    if let top = popups.indices.last {
      if let effects = repeatFault(key) { return effects }
      return perform(popups[top].content.press(key, context))
    }
    if filterLine != nil { return pressInFilter(key) }
    message = nil
    if let effects = pressGlobal(key) { return effects }
    if let actions = pages.change(page, { $0.press(key, context) }) { return perform(actions) }
    return pressDefault(key)
  }

  var isTooSmall: Bool { size.columns < FrameLayout.least.columns || size.rows < FrameLayout.least.rows }

  /// What works whatever is on the screen.
  private mutating func pressAlways(_ key: KeyPress) -> [Effect]? {
    switch key.key {
    case .control("c"): return [.quit]
    case .control("z"): return [.suspend]
    case .control("l"): return [.repaint]
    case .character("q") where isTooSmall: return [.quit]
    default: return nil
    }
  }

  private mutating func pressGlobal(_ key: KeyPress) -> [Effect]? {
    guard case .character(let character) = key.key, !key.alt else { return nil }
    switch character {
    case "0"..."9": return openPage(digit: character)
    case ":": popups.append(Popup(CommandPalette(history: commandHistory, themes: themes)))
    case "#": popups.append(Popup(GoToTransaction()))
    case "?": popups.append(Popup(HelpPopup(page: pages[page], shown)))
    case "!": return endAllFaults()
    case " ": return toggleFreeze()
    case ",": return step(seconds: -1)
    case ".": return step(seconds: 1)
    case "<": return step(seconds: -10)
    case ">": return step(seconds: 10)
    case "[":
      guard let place = history.back() else { return saying("this is the first place you were at") }
      return go(to: place)
    case "]":
      guard let place = history.forward() else { return saying("this is the last place you were at") }
      return go(to: place)
    case "L": return perform([.open(.log(LogFilter()))])
    case "q": return [.quit]
    default: return nil
    }
    return []
  }

  /// What a key does where the page has no use of its own for it.
  private mutating func pressDefault(_ key: KeyPress) -> [Effect] {
    switch key.key {
    case .character("/"): return openFilter()
    case .character("f"): return openFaultMenu()
    case .character("w"):
      guard let subject = pages[page].subject(context) else { return saying("nothing under the cursor to explain") }
      popups.append(Popup(WhyPopup(subject)))
      // The state has only the newest transactions.
      if let id = subject.transaction { return perform([.effect(.loadTransaction(id))]) }
    case .character("l"):
      guard let filter = pages[page].subject(context)?.logFilter(context.snapshot) else {
        return saying("nothing under the cursor has a log of its own; L shows the whole log")
      }
      return perform([.open(.log(filter))])
    case .character("y"):
      guard let text = pages[page].subject(context)?.copyText(context.snapshot) else {
        return saying("nothing under the cursor to copy")
      }
      return perform([.effect(.copy(text))])
    case .character("+"), .character("="): return setRefresh(RefreshRate.next(above: refreshRate))
    case .character("-"): return setRefresh(RefreshRate.next(below: refreshRate))
    case .escape:
      if let place = history.back() { return go(to: place) }
    default: break
    }
    return []
  }

  mutating func saying(_ text: String, isProblem: Bool = false) -> [Effect] {
    say(text, isProblem: isProblem)
    return []
  }

  private mutating func setRefresh(_ rate: Int) -> [Effect] {
    say("\(rate) frames a second at most")
    return perform([.effect(.setRefresh(rate))])
  }

  mutating func openPage(digit: Character) -> [Effect] {
    guard let tab = Tab.all.first(where: { $0.digit == digit }) else { return [] }
    return perform([.open(tab.page.destination)])
  }

  mutating func endAllFaults() -> [Effect] {
    guard shown.faults.armed.contains(where: \.isOn) || live.faults.armed.contains(where: \.isOn) else {
      return saying("no fault is on")
    }
    if let refusal = context.refusalOfDeeds { return saying(refusal, isProblem: true) }
    if live.system.kind == .simulated { return perform([.effect(.perform(.endAllFaults))]) }
    popups.append(Popup(Confirmation.endAllFaults(on: live)))
    return []
  }

  mutating func paste(_ text: String) -> [Effect] {
    if isTooSmall { return [] }
    if let top = popups.indices.last { return perform(popups[top].content.paste(text, context)) }
    if filterLine != nil {
      filterLine?.editor.insert(text)
      narrowPage()
      return refresh()
    }
    var popup = GoToTransaction()
    let actions = popup.paste(text, context)
    popups.append(Popup(popup))
    return perform(actions)
  }
}

/// The rates that `+` and `-` step through.
enum RefreshRate {
  static let steps = [1, 2, 5, 10, 15, 20, 30, 60]

  static func next(above rate: Int) -> Int { steps.first { $0 > rate } ?? 60 }
  static func next(below rate: Int) -> Int { steps.last { $0 < rate } ?? 1 }
}

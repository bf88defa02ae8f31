import Drawing
import Operations
import Widgets

extension FaultsPage {
  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action]? {
    if key.alt { return nil }
    if move(key, context) { return [] }
    switch key.key {
    case .tab, .backTab:
      guard panels(context).count > 1 else { return [.say("nothing is armed")] }
      choose(panel(after: key.key == .tab ? 1 : -1, context), context)
    case .character("s") where !context.snapshot.scenarios.entries.isEmpty:
      choose(panel == .scenarios ? .matrix : .scenarios, context)
    case .enter where panel == .scenarios: return playOrStop(context)
    case .character("a") where panel == .scenarios, .character("x") where panel == .scenarios,
      .character("f") where panel == .scenarios:
      return [.say("no fault is under the cursor")]
    case .left, .right:
      guard panel == .matrix else { return [] }
      step(key.key == .left ? -1 : 1, context)
    case .enter: return enter(context)
    case .character("a"): return toggleArmed(context)
    case .character("x"): return takeOff(context)
    case .character("f"): return [openMenu(context)]
    default: return nil
    }
    return []
  }

  /// The kind beside the one under the cursor; those that the service cannot have are passed over.
  private mutating func step(_ step: Int, _ context: PageContext) {
    let kinds = Self.kinds
    guard let place = kinds.firstIndex(of: kind) else { return }
    let catalogue = context.snapshot.faults.catalogue
    var next = place + step
    while kinds.indices.contains(next) {
      if let service, catalogue.obstacle(to: kinds[next], on: .service(service)) == nil { break }
      next += step
    }
    if kinds.indices.contains(next) { setKind(kinds[next]) }
  }

  /// The faults that a key is about: the one under the cursor in the list, or those in the cell.
  private func faults(_ context: PageContext) -> [ArmedFault] {
    panel == .armed ? context.snapshot.faults.armed.filter { $0.id == faultID } : faultsHere(context)
  }

  private func enter(_ context: PageContext) -> [Action] {
    let faults = faults(context)
    guard !faults.isEmpty else { return [openMenu(context)] }
    // All that are on go off; else all go on again.
    let isAnyOn = faults.contains(where: \.isOn)
    return faults.filter { $0.isOn == isAnyOn }.map { .effect(.perform(.toggleFault(id: $0.id))) }
  }

  private func toggleArmed(_ context: PageContext) -> [Action] {
    if !faults(context).isEmpty { return takeOff(context) }
    guard let service else { return [.say("there is no service to break")] }
    if let obstacle = obstacle(context) { return [.say(refusal(obstacle, service), isProblem: true)] }
    let count = services(context).first { $0.name == service }?.instances ?? 1
    let settings = FaultMenuSettings(service: service, instances: count, kind: kind)
    return [.effect(.perform(.arm(settings.spec)))]
  }

  private func takeOff(_ context: PageContext) -> [Action] {
    let faults = faults(context)
    guard !faults.isEmpty else { return [.say("no fault is armed here")] }
    return faults.map { .effect(.perform(.removeFault(id: $0.id))) }
  }

  private func openMenu(_ context: PageContext) -> Action {
    if panel == .armed, let faultID { return FaultMenu.open(for: .fault(faultID), context) }
    guard let service else { return .say("there is no service to break") }
    if let obstacle = obstacle(context) { return .say(refusal(obstacle, service), isProblem: true) }
    return FaultMenu.open(for: .service(service), context, kind: kind)
  }

  private func refusal(_ obstacle: String, _ service: String) -> String {
    "\(kind.title) does not apply to \(service): \(obstacle)"
  }

  // MARK: The mouse

  mutating func point(_ event: MouseEvent, in area: Rect, _ context: PageContext) -> [Action]? {
    let layout = layout(context)
    if let actions = pointAtScenarios(event, layout, context) { return actions }
    let isInArmed = layout.armed.contains(x: event.column, y: event.row)
    switch event.action {
    case .wheelUp, .wheelDown:
      let step = event.action == .wheelUp ? -3 : 3
      let line = isInArmed ? armedRows.line : rows.line
      select(line: line + step, in: isInArmed ? .armed : .matrix, context)
      return []
    case .release, .move: return nil
    case .press, .doubleClick: break
    }
    let armed = event.row - layout.armed.y - 2
    if isInArmed, armed >= 0, armed < layout.armedRows, armedRows.offset + armed < context.snapshot.faults.armed.count {
      setPanel(.armed)
      select(line: armedRows.offset + armed, in: .armed, context)
    } else if let hit = FaultMatrix(page: self, layout: layout, context).hit(x: event.column, y: event.row) {
      setPanel(.matrix)
      select(line: hit.line, in: .matrix, context)
      if let kind = hit.kind { setKind(kind) }
    } else {
      return nil
    }
    return event.action == .doubleClick ? enter(context) : []
  }
}

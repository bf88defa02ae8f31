import Drawing
import Operations
import Widgets

/// The scenarios on the page: choosing among them, playing and stopping one.
extension FaultsPage {
  /// The one under the cursor.
  func scenario(_ context: PageContext) -> ScenarioBoard.Entry? {
    let entries = context.snapshot.scenarios.entries
    return entries.indices.contains(scenarioRows.line) ? entries[scenarioRows.line] : nil
  }

  /// How many scenarios are in sight while one chooses among them.
  func scenarioList(_ context: PageContext) -> Int {
    guard let area = layout(context).scenarios(isChosen: true) else { return 1 }
    return ScenariosPanel.listHeight(in: area, of: context.snapshot.scenarios)
  }

  func scenarioHints(_ context: PageContext) -> [KeyHint] {
    let isPlaying = scenario(context).map { $0.name == context.snapshot.scenarios.playing?.name } ?? false
    return [
      KeyHint(Glyphs.enter, isPlaying ? "stop" : "play", isDeed: true), KeyHint("s", "faults"),
      KeyHint("Tab", "panel"), KeyHint("!", "all off", isDeed: true),
    ]
  }

  /// What there is to go between.
  func panels(_ context: PageContext) -> [Panel] {
    var panels: [Panel] = context.snapshot.faults.armed.isEmpty ? [] : [.armed]
    panels.append(.matrix)
    if !context.snapshot.scenarios.entries.isEmpty { panels.append(.scenarios) }
    return panels
  }

  func panel(after step: Int, _ context: PageContext) -> Panel {
    let panels = panels(context)
    let place = panels.firstIndex(of: panel) ?? 0
    return panels[(place + step + panels.count) % panels.count]
  }

  /// Goes to a panel; among the scenarios to the one that plays, or played last.
  mutating func choose(_ panel: Panel, _ context: PageContext) {
    setPanel(panel)
    let board = context.snapshot.scenarios
    guard panel == .scenarios, let line = board.entries.firstIndex(where: { $0.name == board.current?.name }) else {
      return
    }
    select(line: line, in: .scenarios, context)
  }

  func playOrStop(_ context: PageContext) -> [Action] {
    guard let scenario = scenario(context) else { return [.say("there is no scenario to play")] }
    let isPlaying = context.snapshot.scenarios.playing?.name == scenario.name
    return [.effect(.perform(isPlaying ? .stopScenario : .startScenario(name: scenario.name)))]
  }

  /// Nil for what hits no scenario.
  mutating func pointAtScenarios(_ event: MouseEvent, _ layout: FaultsLayout, _ context: PageContext) -> [Action]? {
    let entries = context.snapshot.scenarios.entries
    guard !entries.isEmpty, let area = layout.scenarios(isChosen: panel == .scenarios),
      area.inset(left: -1, right: -1).contains(x: event.column, y: event.row)
    else { return nil }
    switch event.action {
    case .wheelUp, .wheelDown:
      guard panel == .scenarios else { return [] }
      select(line: scenarioRows.line + (event.action == .wheelUp ? -3 : 3), in: .scenarios, context)
      return []
    case .release, .move: return nil
    case .press, .doubleClick: break
    }
    let wasChosen = panel == .scenarios
    if !wasChosen { choose(.scenarios, context) }
    let line = event.row - area.y - 1
    guard wasChosen, line >= 0, line < scenarioList(context), scenarioRows.offset + line < entries.count else {
      return []
    }
    select(line: scenarioRows.offset + line, in: .scenarios, context)
    return event.action == .doubleClick ? playOrStop(context) : []
  }
}

import Drawing
import Operations

extension FaultsPage {
  func draw(on canvas: inout Canvas, in area: Rect, _ context: PageContext) {
    guard area.height > 3, area.width > 8 else { return }
    let layout = FaultsLayout(
      page: area, isTall: FrameLayout(size: context.size).isTall, armed: context.snapshot.faults.armed.count,
      services: services(context).count, kinds: Self.kinds.count)
    ArmedFaultsPanel(page: self, layout: layout, context).draw(on: &canvas)
    let hasScenarios = !context.snapshot.scenarios.entries.isEmpty
    let scenarios = hasScenarios ? layout.scenarios(isChosen: panel == .scenarios) : nil
    if let scenarios { ScenariosPanel(page: self, area: scenarios, context).draw(on: &canvas) }
    guard panel != .scenarios else { return }
    FaultMatrix(page: self, layout: layout, context).draw(on: &canvas)
    var forecast = layout.forecast
    if let scenarios { forecast.width = scenarios.x - 4 - forecast.x }
    FaultForecast(page: self, area: forecast, context).draw(on: &canvas)
  }
}

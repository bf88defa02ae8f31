import Drawing
import Operations

extension FaultsPage {
  func draw(on canvas: inout Canvas, in area: Rect, _ context: PageContext) {
    guard area.height > 3, area.width > 8 else { return }
    let layout = FaultsLayout(
      page: area, isTall: FrameLayout(size: context.size).isTall, armed: context.snapshot.faults.armed.count,
      services: services(context).count, kinds: Self.kinds.count)
    ArmedFaultsPanel(page: self, layout: layout, context).draw(on: &canvas)
    FaultMatrix(page: self, layout: layout, context).draw(on: &canvas)
    FaultForecast(page: self, area: layout.forecast, context).draw(on: &canvas)
  }
}

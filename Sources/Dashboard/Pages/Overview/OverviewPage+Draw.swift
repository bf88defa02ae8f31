import Drawing

extension OverviewPage {
  func draw(on canvas: inout Canvas, in area: Rect, _ context: PageContext) {
    let rows = rows(context)
    let layout = OverviewLayout(area, rows: rows, isFrozen: context.isFrozen)
    if let time = layout.time { TimeScrubber(context: context, area: time).draw(on: &canvas) }
    let focused = focused(layout)
    CauseLine(snapshot: context.snapshot).draw(on: &canvas, in: layout.cause)
    let charts = OverviewCharts(context: context, isWide: layout.isWide)
    for (chart, place) in layout.charts { charts.draw(chart, on: &canvas, in: place) }
    for (panel, place) in layout.panels {
      OverviewPanelView(panel: panel, rows: rows, context: context, isWide: layout.isWide).draw(
        on: &canvas, in: place, selected: index(panel, rows), isFocused: panel == focused, isNarrowed: filter != "")
    }
  }
}

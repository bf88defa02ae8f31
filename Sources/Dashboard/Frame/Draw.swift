public import Drawing
import Widgets

/// Shows the model on a canvas, as large as the canvas is.
public func draw(_ model: Model, on canvas: inout Canvas) {
  let layout = FrameLayout(size: canvas.size)
  guard !layout.isTooSmall else { return TooSmall.draw(on: &canvas) }
  let context = model.context(size: canvas.size)
  StatusLine(model: model, layout: layout).draw(on: &canvas)
  TabLine(model: model, layout: layout).draw(on: &canvas)
  if layout.isTall, let scenario = ScenarioLine(model.shown) {
    scenario.draw(on: &canvas, x: 2, y: layout.page.y - 1, width: canvas.size.columns - 4)
  }
  let page = model.pages[model.page]
  canvas.within(layout.page) { page.draw(on: &$0, in: layout.page, context) }
  for popup in model.popups { popup.content.draw(on: &canvas, in: canvas.bounds, context) }
  LastLine(model: model, layout: layout).draw(on: &canvas)
}

/// What is shown in a terminal that is too small for anything else.
enum TooSmall {
  static func draw(on canvas: inout Canvas) {
    let (least, size) = (FrameLayout.least, canvas.size)
    let sentences = [
      ["too small: \(size.columns)×\(size.rows)", "needs \(least.columns)×\(least.rows)"], ["too small"], ["small"],
    ]
    let fitting = sentences.first { lines in
      lines.count <= size.rows && lines.allSatisfy { $0.cellWidth <= size.columns }
    }
    guard let lines = fitting else { return }
    let top = (size.rows - lines.count) / 2
    for (index, line) in lines.enumerated() {
      canvas.put(
        line, x: 0, y: top + index, index == 0 ? .strong : .muted, bold: index == 0, width: size.columns, align: .center
      )
    }
  }
}

import Drawing
import Testing
import Widgets

@Suite struct TreeLines {
  @Test(arguments: [
    Picture(
      30, 4,
      #"""
      ▾ gateway POST /orders
        ▸ order
          ✉ ORDER_CREATE
      4000›            deep
      """#),
    Picture(
      14, 4,
      #"""
      ▾ gateway POS…
        ▸ order
          ✉ ORDER_C…
      4000›    deep
      """#),
    Picture(
      30, 4, .ascii,
      #"""
      v gateway POST /orders
        > order
          @ ORDER_CREATE
      4000>            deep
      """#),
  ]) func foldsAndDepth(_ picture: Picture) {
    picture.expect { canvas in
      let width = canvas.size.columns
      TreeLine(depth: 0, fold: .unfolded, [Run("gateway"), Run(" POST /orders", .muted)])
        .draw(on: &canvas, x: 0, y: 0, width: width)
      TreeLine(depth: 1, fold: .folded, [Run("order", .strong)]).draw(on: &canvas, x: 0, y: 1, width: width)
      TreeLine(depth: 2, glyph: Run("✉", .event), [Run("ORDER_CREATE", .event)]).draw(
        on: &canvas, x: 0, y: 2, width: width)
      TreeLine(depth: 4000, [Run("deep")]).draw(on: &canvas, x: 0, y: 3, width: width)
    }
  }
}

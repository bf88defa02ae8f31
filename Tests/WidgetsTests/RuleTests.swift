import Drawing
import Testing
import Widgets

@Suite struct Rules {
  @Test(arguments: [
    Picture(
      40, 2,
      #"""
      services ━━━━━━━━━ 29/30 up  by severity
      lag ─────────────────────── 1,214 ↑ 42/s
      """#),
    Picture(
      27, 2,
      #"""
      services ━━━━━━ by severity
      lag ────────── 1,214 ↑ 42/s
      """#),
    Picture(
      20, 2,
      #"""
      services ━━━━━━━━━━━
      lag ─── 1,214 ↑ 42/s
      """#),
    Picture(
      9, 2,
      #"""
      services
      lag ─────
      """#),
    Picture(
      4, 2,
      #"""
      ser…
      lag
      """#),
    Picture(
      40, 2, .ascii,
      #"""
      services ========= 29/30 up  by severity
      lag ----------------------- 1,214 ^ 42/s
      """#),
  ]) func titleLineAndFigure(_ picture: Picture) {
    picture.expect { canvas in
      Rule("services", figures: [Run("29/30 up", .muted), Run("  by severity", .faint)], isFocused: true)
        .draw(on: &canvas, x: 0, y: 0, width: canvas.size.columns)
      Rule("lag", figures: [Run("1,214", .degraded, bold: true), Run(" ↑ 42/s", .degraded)])
        .draw(on: &canvas, x: 0, y: 1, width: canvas.size.columns)
    }
  }

  @Test(arguments: [
    Picture(
      30, 1,
      #"""
      outbox ──────── ↵ transaction
      """#),
    Picture(
      30, 1, .ascii,
      #"""
      outbox ---- Enter transaction
      """#),
  ]) func theEnterKeyHasItsName(_ picture: Picture) {
    picture.expect { canvas in
      Rule("outbox", figures: [Run("↵", .accent, bold: true), Run(" transaction", .muted)])
        .draw(on: &canvas, x: 0, y: 0, width: 29)
    }
  }

  @Test(arguments: [
    Picture(
      10, 3,
      #"""
      aaa.bbbb
      ccc.dddd
      e.eeeee.ff
      a strong bold
      b accent
      c title bold
      d border
      e fault bold
      f fault
      """#)
  ]) func focusIsSeen(_ picture: Picture) {
    picture.expectStyles { canvas in
      Rule("lag", isFocused: true).draw(on: &canvas, x: 0, y: 0, width: 8)
      Rule("lag").draw(on: &canvas, x: 0, y: 1, width: 8)
      Rule([Run("↯ armed", .fault, bold: true)], tone: .fault).draw(on: &canvas, x: 0, y: 2, width: 10)
    }
  }
}

import Drawing
import Testing
import Widgets

@Suite struct Popups {
  @Test(arguments: [
    Picture(
      72, 10,
      #"""


        a page full of╭─ ↯ break payment ──────── simulated ─╮
                      │ latency                              │
                      ├──────────────────────────────────────┤
                      │  ↵ arm it                            │
                      │                                      │
                      ╰──────────────────────────────────────╯


      """#),
    Picture(
      40, 10,
      #"""

      ╭─ ↯ break payment ──────── simulated ─╮
      │ latency                              │
      ├──────────────────────────────────────┤
      │  ↵ arm it                            │
      │                                      │
      │                                      │
      │                                      │
      ╰──────────────────────────────────────╯

      """#),
    Picture(
      24, 10,
      #"""

      ╭─ ↯ break payment ────╮
      │ latency              │
      ├──────────────────────┤
      │  ↵ arm it            │
      │                      │
      │                      │
      │                      │
      ╰──────────────────────╯

      """#),
    Picture(
      72, 10, .ascii,
      #"""


        a page full of+- % break payment -------- simulated -+
                      | latency                              |
                      |--------------------------------------|
                      |  e arm it                            |
                      |                                      |
                      +--------------------------------------+


      """#),
  ]) func floats(_ picture: Picture) {
    picture.expect { canvas in
      canvas.put("a page full of text", x: 2, y: 2)
      let popup = Popup(
        [Run("↯ break ", .fault, bold: true), Run("payment", .strong)], note: [Run("simulated", .muted)], tone: .fault,
        width: 40,
        height: 6)
      let inside = popup.draw(on: &canvas)
      canvas.put("latency", x: inside.x, y: inside.y)
      popup.drawDivider(on: &canvas, y: inside.y + 1)
      Badge("↵ arm it", ground: .fault).draw(on: &canvas, x: inside.x, y: inside.y + 2)
    }
  }

  @Test(arguments: [
    Picture(
      70, 8,
      #"""

      aaaaaaaa
      aaaaaaaa......................bbcccbbbbb
      aaaaaaaa......................bccccccccbdd
      aaaaaaaa......................bbbbbbbbbbdd
      aaaaaaaa........................dddddddddd
      aaaaaaaa

      a text>background 0.62
      b border on raised
      c text on raised
      d text on shadow
      """#)
  ]) func thePageStepsBackAndAShadowFalls(_ picture: Picture) {
    picture.expectStyles { canvas in
      for y in 0..<8 { canvas.put("abcdefgh", x: 0, y: y) }
      _ = Popup([Run("t")], width: 10, height: 3).draw(on: &canvas)
    }
  }
}

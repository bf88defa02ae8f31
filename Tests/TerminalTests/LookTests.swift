import Drawing
import Testing

@testable import Terminal

@Suite struct Looks {
  private let theme = Theme(name: "test") { color in
    switch color {
    case .background: Color(0x0E1116)
    case .text: Color(0xC9D1DF)
    case .failing: Color(0xFF6472)
    case .ramp0: Color(0x35A0A8)
    case .ramp1: Color(0x58C996)
    case .shadow: Color(0x000003)
    case .selection: Color(0x1B3254)
    default: Color(0x808CA1)
    }
  }

  private func look(_ style: CellStyle, _ depth: ColorDepth) -> Look { Look(style, theme: theme, depth: depth) }

  @Test func in24Bits() {
    #expect(look(CellStyle(.failing, on: .background, .bold), .direct) == Look(0xFF6472, on: 0x0E1116, .bold))
    // The first eight numbers are the terminal's own colours.
    #expect(look(CellStyle(.text, on: .shadow), .direct).background == 0x010003)
    // Ramps are mixed, tints are computed.
    #expect(look(CellStyle(.ramp(8.0 / 63)), .direct).foreground == 0x47B59F)
    let tint = Ink.failing.mixed(toward: .background, 1)
    #expect(look(CellStyle(tint), .direct).foreground == 0x0E1116)
  }

  @Test func in256Colors() {
    #expect(look(CellStyle(.text), .indexed256) == Look(252, on: 233, []))
    #expect(look(CellStyle(.failing), .indexed256).foreground == 203)
    #expect(look(CellStyle(.ramp(0.3)), .indexed256) == look(CellStyle(.ramp1), .indexed256))
    // Grounds keep their hue: blue and red, and no greys; a tint of one is darker.
    #expect(look(CellStyle(.text, on: .selection), .indexed256).background == 17)
    #expect(Look.nearestOf256(Color(0x3A1A22), keepsHue: true) == 52)
    #expect(Look.nearestOf256(Color(0x1A2130), keepsHue: true) == 234)
    let tint = Ink.selection.mixed(toward: .background, 0.45)
    #expect(look(CellStyle(.text, on: tint), .indexed256).background == 235)
  }

  @Test(arguments: [
    (0x000000, 16), (0xFFFFFF, 231), (0xFF0000, 196), (0x5F87AF, 67), (0x080808, 232), (0xEEEEEE, 255), (0x121212, 233),
  ])
  func nearestOf256(rgb: UInt32, number: Int) {
    #expect(Look.nearestOf256(Color(rgb)) == number)
  }

  @Test(
    arguments: [
      (Ink.text, -1, []), (.strong, -1, []), (.muted, -1, .dim), (.faint, -1, .dim), (.border, -1, .dim),
      (.accent, 4, []),
      (.healthy, 2, []), (.degraded, 3, []), (.failing, 1, []), (.fault, 5, []), (.event, 6, []), (.frozen, 6, []),
      (.ramp(0.9), 1, []), (.ramp(0.3), 2, []), (.flow(0), 4, .dim),
      (Ink.healthy.mixed(toward: .background, 0.4), 2, .dim),
    ] as [(Ink, Int, TextAttributes)])
  func in16Colors(ink: Ink, number: Int, attributes: TextAttributes) {
    #expect(look(CellStyle(ink), .basic) == Look(number, on: -1, attributes))
  }

  @Test func groundsWhereColorsAreFew() {
    let tint = Ink.failing.mixed(toward: .background, 0.8)
    for depth in [ColorDepth.basic, .mono] {
      for ground in [Ink.surface, .raised, .alarm, .shadow, tint, Ink.selection.mixed(toward: .background, 0.5)] {
        #expect(look(CellStyle(.text, on: ground), depth) == Look(-1, on: -1, []), "\(ground) in \(depth)")
      }
      #expect(look(CellStyle(.failing, on: .selection, .bold), depth) == Look(-1, on: -1, [.bold, .reverse]))
    }
    #expect(look(CellStyle(.onAccent, on: .frozen, .bold), .basic) == Look(6, on: -1, [.bold, .reverse]))
    #expect(look(CellStyle(.onAccent, on: .frozen, .bold), .mono) == Look(-1, on: -1, [.bold, .reverse]))
    // The beginning of a bar is its colour as ground; where it changes colour, both are.
    #expect(look(CellStyle(.background, on: .span), .basic) == Look(4, on: -1, .reverse))
    #expect(look(CellStyle(.span, on: .critical), .basic) == Look(4, on: 3, []))
  }

  @Test func inMono() {
    for ink in [Ink.strong, .title, .degraded, .failing, .open, .halfOpen, .fault, .accent] {
      #expect(look(CellStyle(ink), .mono).attributes == .bold, "\(ink)")
    }
    for ink in [Ink.muted, .faint, .border, Ink.ramp(1).mixed(toward: .background, 0.5)] {
      #expect(look(CellStyle(ink), .mono).attributes == .dim, "\(ink)")
    }
    for ink in [Ink.text, .healthy, .ramp(1)] {
      #expect(look(CellStyle(ink), .mono).attributes == [], "\(ink)")
    }
    #expect(look(CellStyle(.muted, on: .background, .bold), .mono).attributes == .bold)
    var canvas = Canvas(columns: 2, rows: 1)
    canvas.put("▌", x: 0, y: 0, .selectionBar, background: .selection)
    canvas.put("▌", x: 1, y: 0, .span, background: .selection)
    #expect(Look.isCursorBar(canvas.glyph(x: 0, y: 0), canvas.style(x: 0, y: 0)))
    #expect(!Look.isCursorBar(canvas.glyph(x: 1, y: 0), canvas.style(x: 1, y: 0)))
  }
}

@Suite struct ColorDepths {
  @Test(
    arguments: [
      ([:], nil), (["NO_COLOR": "1", "COLORTERM": "truecolor"], .mono), (["NO_COLOR": ""], nil),
      (["COLORTERM": "truecolor"], .direct), (["COLORTERM": "24bit", "TERM": "xterm-256color"], .direct),
      (["COLORTERM": "yes"], nil), (["COLORTERM": "truecolor", "TERM": "linux"], nil),
      (["COLORTERM": "truecolor", "TERM": "screen-256color"], nil),
      (["COLORTERM": "truecolor", "TERM": "screen-256color", "TMUX": "/tmp/tmux"], .direct),
    ] as [([String: String], ColorDepth?)])
  func promises(environment: [String: String], depth: ColorDepth?) {
    #expect(ColorDepth.promised { environment[$0] } == depth)
  }

  @Test(arguments: [
    (1 << 24, ColorDepth.direct), (256, .indexed256), (88, .basic), (16, .basic), (8, .basic), (0, .mono),
  ])
  func possibilities(count: Int, depth: ColorDepth) {
    #expect(ColorDepth.possible(colorCount: count) == depth)
  }
}

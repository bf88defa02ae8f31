import Drawing
import Testing

@Suite struct Inks {
  @Test func areSmall() {
    #expect(MemoryLayout<Ink>.size == 4)
    #expect(MemoryLayout<CellStyle>.stride <= 12)
  }

  @Test(arguments: ThemeColor.allCases) func keepTheirName(color: ThemeColor) {
    #expect(Ink(color).name == color)
    #expect(Ink(color).description == color.name)
    #expect(!Ink(color).isMixed)
  }

  @Test func keepTheirPlaceOnARamp() {
    for step in 0...63 {
      let place = Double(step) / 63
      #expect(Ink.ramp(place).base == .ramp(place))
      #expect(Ink.flow(place).base == .flow(place))
    }
    #expect(Ink.ramp(-1) == .ramp(0))
    #expect(Ink.ramp(7) == .ramp(1))
    #expect(Ink.ramp(.nan) == .ramp(0))
  }

  @Test func mix() {
    let tint = Ink.fault.mixed(toward: .background, 0.5)
    #expect(tint.isMixed)
    #expect(tint.name == .fault)
    #expect(tint.description == "fault>background 0.51")
    #expect(Ink.fault.mixed(toward: .background, 0) == .fault)
    // Twice the same is one mix of more.
    #expect(tint.mixed(toward: .background, 0.5).description == "fault>background 0.76")
    #expect(tint.mixed(toward: .raised, 1).description == "fault>background 0.51>raised 1.00")
    #expect(tint.mixed(toward: .raised, 0.5).mixed(toward: .shadow, 1).mixes.map(\.color) == [.background, .shadow])
  }

  @Test func becomeColors() {
    let theme = Theme(name: "test", whenFrozen: [.accent: Color(0x86DCFF)]) { color in
      switch color {
      case .ramp0: Color(0)
      case .ramp1: Color(0x400000)
      case .ramp4: Color(0xFF0000)
      case .text: Color(0xC0C0C0)
      case .background: Color(0)
      default: Color(0x123456)
      }
    }
    #expect(theme.color(of: .text) == Color(0xC0C0C0))
    #expect(theme.color(of: Ink.text.mixed(toward: .background, 1)) == Color(0))
    #expect(theme.color(of: .ramp(1)) == Color(0xFF0000))
    #expect(theme.color(of: .ramp(8.0 / 63)).red == 0x21)
    #expect(theme.color(of: .ramp(0.2), ramp: .five) == Color(0x400000))
    #expect(theme.frozen[.accent] == Color(0x86DCFF))
    #expect(theme.frozen[.text] == theme[.text])
  }
}

import Drawing
import FoundationEssentials
import Glibc
import Testing

@testable import Widgets

@Suite struct Themes {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../themes")

  @Test func theListIsTheFolder() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted() == Theme.builtInNames)
  }

  @Test(arguments: Theme.builtInNames) func areBuiltIn(name: String) throws {
    let yaml = try String(contentsOf: Self.folder.appending(path: "\(name).yaml"), encoding: .utf8)
    #expect(try Theme.load(yaml, name: name) == Theme.named(name))
    #expect(Theme.named(name)?.name == name)
  }

  @Test func anUnknownNameIsNone() {
    #expect(Theme.named("../dark") == nil)
    #expect(Theme.dark.name == "dark")
    #expect(Theme.dark[.failing] == Color(0xFF6472))
    #expect(Theme.dark.frozen[.accent] == Color(0x86DCFF))
    #expect(Theme.dark.frozen[.failing] == Theme.dark[.failing])
  }

  /// Text 4.5:1 on what it stands on, `faint` 3:1, states 4:1 on the selected row too (WCAG 2.2's formula).
  @Test(arguments: Theme.builtInNames, [false, true]) func canBeRead(name: String, isFrozen: Bool) throws {
    let theme = try #require(isFrozen ? Theme.named(name)?.frozen : Theme.named(name))
    func expect(_ ink: ThemeColor, on ground: ThemeColor, atLeast ratio: Double) {
      let actual = contrast(theme[ink], theme[ground])
      #expect(actual >= ratio, "\(ink) on \(ground) has \(actual)")
    }
    for ground in [ThemeColor.background, .surface, .raised, .alarm, .selection] {
      expect(.text, on: ground, atLeast: 4.5)
      expect(.strong, on: ground, atLeast: 4.5)
    }
    for ink in [ThemeColor.title, .label, .muted, .accent] { expect(ink, on: .background, atLeast: 4.5) }
    expect(.faint, on: .background, atLeast: 3)
    let states: [ThemeColor] = [
      .healthy, .degraded, .failing, .unknown, .closed, .halfOpen, .open, .forcedOpen, .disabled, .metricsOnly, .fault,
      .compensation, .event, .critical, .accent,
    ]
    for state in states {
      expect(state, on: .background, atLeast: 4)
      expect(state, on: .selection, atLeast: 4)
    }
    for badge in [ThemeColor.accent, .frozen, .replay, .armed, .fault] { expect(.onAccent, on: badge, atLeast: 4) }
  }

  private func contrast(_ one: Color, _ other: Color) -> Double {
    func luminance(_ color: Color) -> Double {
      func linear(_ value: Int) -> Double {
        let part = Double(value) / 255
        return part <= 0.03928 ? part / 12.92 : Glibc.pow((part + 0.055) / 1.055, 2.4)
      }
      return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
    }
    let (light, dark) = (max(luminance(one), luminance(other)), min(luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)
  }
}

@Suite struct ThemeErrors {
  private func whole(_ change: (inout [String]) -> Void = { _ in }) -> String {
    var lines = ThemeColor.allCases.map { "\($0.name): 102030" }
    change(&lines)
    return lines.joined(separator: "\n")
  }

  private func message(_ yaml: String) -> String {
    do throws(ThemeError) {
      return "read: \(try Theme.load(yaml, name: "mine").name)"
    } catch {
      return error.description
    }
  }

  @Test func aWholeOneIsRead() throws {
    #expect(message(whole()) == "read: mine")
    #expect(message(whole { $0.insert("name: blue", at: 0) }) == "read: blue")
    let theme = try Theme.load(whole { $0[0] = "background: \"#0E1116\"" }, name: "mine")
    #expect(theme[.background] == Color(0x0E1116))
  }

  @Test func whatIsWrongIsNamedWithItsLine() {
    #expect(
      message(whole { $0.remove(at: 3) })
        == "Theme mine: no colour is given for shadow; a theme defines every name")
    #expect(
      message(whole { $0[2] = "raised: red" })
        == "Theme mine, line 3: raised is \"red\"; a colour is six hexadecimal digits, RRGGBB")
    #expect(
      message(whole { $0[1] = "Surface: 102030" })
        == "Theme mine, line 2: there is no colour named \"Surface\"; do you mean surface?")
    #expect(message(whole { $0[1] = "sur\u{7F}: 102030" }).hasPrefix("Theme mine"))
    #expect(
      message(whole { $0 += ["whenFrozen:", "  accent: 86dcf"] })
        == "Theme mine, line 46: accent is \"86dcf\"; a colour is six hexadecimal digits, RRGGBB")
    #expect(
      message(whole { $0 += ["whenFrozen: cold"] })
        == "Theme mine, line 45: whenFrozen holds lines like \"accent: 86dcff\", two blanks deeper")
    #expect(message("- a\n- b") == "Theme mine, line 1: a theme is a list of lines like \"text: c9d1df\"")
    #expect(message("") == "Theme mine, line 1: a theme is a list of lines like \"text: c9d1df\"")
    #expect(message("a: [b").hasPrefix("Theme mine, line 2: this is not YAML: "))
    #expect(message(whole { $0.append("text: 405060") }).contains("text"))
  }
}

import Testing

@testable import YAMLReading

@Suite struct YAMLValueTests {
  private let report = YAMLReport(file: "f.yml")

  private func value(_ text: String) throws -> YAMLValue {
    let values = YAMLDocuments.read("v: \(text)\n", report)
    return try #require(values.first?.mapping()?["v"])
  }

  private var said: [String] { report.errors.map(\.message) }

  @Test func numbersHaveARange() throws {
    #expect(try value("7").integer(in: 1...9) == 7)
    #expect(try value("1.5").number(in: 0...2) == 1.5)
    #expect(said.isEmpty)
    #expect(try value("12").integer(in: 1...9) == nil)
    #expect(try value("fast").number(in: 0...2) == nil)
    #expect(try value("\"5\"").integer(in: 1...9) == nil)
    #expect(
      said == [
        "v is \"12\"; it must be a whole number, 1 to 9", "v is \"fast\"; it must be a number, 0 to 2",
        "v is \"5\"; it must be a whole number, 1 to 9, without quotes",
      ])
  }

  @Test func aFlagIsTrueOrFalse() throws {
    #expect(try value("true").flag() == true)
    #expect(try value("yes").flag() == nil)
    #expect(said == ["v is \"yes\"; it must be true or false"])
  }

  @Test(arguments: [
    ("20s", 20_000_000_000), ("500ms", 500_000_000), ("1.5m", 90_000_000_000), ("0s", 0), ("2us", 2_000), ("7ns", 7),
  ])
  func durationsHaveUnits(text: String, nanoseconds: Int64) throws {
    #expect(try value(text).duration(in: 0 ... .max) == nanoseconds)
    #expect(said.isEmpty)
  }

  @Test func aWrongUnitIsNamedWithThoseThereAre() throws {
    #expect(try value("20").duration(in: 0 ... .max) == nil)
    #expect(try value("20sec").duration(in: 0 ... .max) == nil)
    #expect(try value("-2s").duration(in: 0 ... .max) == nil)
    #expect(try value("3m").duration(in: 0...120_000_000_000) == nil)
    #expect(said[0].hasSuffix("such as 20s, 500ms or 2m: which unit are the 20?"))
    #expect(said[1].hasSuffix("there is no unit \"sec\", there are ns, us, ms, s, m, h"))
    #expect(said[2].contains("a number and its unit"))
    #expect(said[3] == "v is \"3m\"; it must be 0s to 2m")
  }

  @Test func aWordIsOneOfThoseThereAre() throws {
    #expect(try value("open").word(among: ["open", "closed"]) == "open")
    #expect(try value("colsed").word(among: ["open", "closed"]) == nil)
    #expect(said == ["v is \"colsed\"; it must be one of open, closed; do you mean closed?"])
  }

  @Test func theWrongKindIsSaid() throws {
    #expect(try value("[1]").text() == nil)
    #expect(try value("5").list() == nil)
    #expect(try value("").mapping(allowing: ["a", "b"]) == nil)
    #expect(said.contains("v is a list; it must be text"))
    #expect(said.contains { $0.hasPrefix("v is \"5\"; it must be a list") })
    #expect(said.contains("v is nothing; it must be a mapping, lines like \"name: value\" of a and b"))
  }

  @Test func anUnknownKeyIsNamedWithTheNearestOrAll() throws {
    _ = try value("{rtae: 1, zzzzzz: 2}").mapping(allowing: ["rate", "at", "duration"])
    #expect(
      said == [
        "there is no key \"rtae\" in v; do you mean rate?",
        "there is no key \"zzzzzz\" in v; allowed are rate, at and duration",
      ])
    #expect(report.errors.map(\.position) == [YAMLPosition(line: 1, column: 5), YAMLPosition(line: 1, column: 14)])
  }

  @Test func whatIsMissingIsSaidWhereItShouldStand() throws {
    let mapping = try #require(try value("{a: 1}").mapping())
    #expect(mapping.required("b", "give it a b") == nil)
    #expect(said == ["b is missing in v: give it a b"])
  }

}

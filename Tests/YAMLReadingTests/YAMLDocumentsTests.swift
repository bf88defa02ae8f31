import TestSupport
import Testing

@testable import YAMLReading

@Suite struct YAMLDocumentsTests {
  private func read(_ yaml: String) -> (values: [YAMLValue], report: YAMLReport) {
    let report = YAMLReport(file: "f.yml")
    return (YAMLDocuments.read(yaml, report), report)
  }

  @Test func severalDocumentsAreSeveralRoots() throws {
    let (values, report) = read("a: 1\n---\nb: 2\n---\n")
    #expect(values.count == 2)
    #expect(values.last?.mapping()?["b"]?.integer(in: 0...9) == 2)
    #expect(!report.hasErrors)
  }

  @Test func whatIsNoYAMLSaysWhere() {
    let (values, report) = read("a: 1\nb: [1, 2\n")
    #expect(values.isEmpty)
    #expect(report.errors.count == 1)
    #expect(report.errors.first?.position?.line == 3)
    #expect(report.errors.first?.description.hasPrefix("f.yml:3:") == true)
  }

  @Test func everyKeyThatIsGivenAgainIsNamedAtItsPlace() throws {
    let (values, report) = read("a: 1\nb:\n  c: 1\n  \"dd\": 2\n  \"dd\": 3\na: 2\na: 3\ne: x\n")
    let root = try #require(values.first?.mapping())
    _ = root["b"]?.mapping()
    #expect(
      report.errors.map(\.description) == [
        "f.yml:5:3: \"dd\" is given again; it stands in line 4 already: keep one of them",
        "f.yml:6:1: \"a\" is given again; it stands in line 1 already: keep one of them",
        "f.yml:7:1: \"a\" is given again; it stands in line 6 already: keep one of them",
      ])
    #expect(root["a"]?.integer(in: 0...9) == 3)
    #expect(root["e"]?.text() == "x")
  }

  @Test func everyUnknownAliasIsNamedOnce() throws {
    let (values, report) = read("a: *one\nb: [1, *two]\n")
    let root = try #require(values.first?.mapping())
    // Nothing more is said of a value that is not known.
    #expect(root["a"]?.integer(in: 0...9) == nil)
    #expect(
      report.errors.map(\.description) == [
        "f.yml:1:4: the alias *one has no anchor; write &name before what it stands for",
        "f.yml:2:8: the alias *two has no anchor; write &name before what it stands for",
      ])
  }

  @Test func mergeKeysAreFollowedAndOwnKeysWin() throws {
    let (values, report) = read("base: &base {x: 1, y: 2}\nuse:\n  <<: *base\n  y: 3\nbad:\n  <<: 5\n")
    let root = try #require(values.first?.mapping())
    let use = try #require(root["use"]?.mapping(allowing: ["x", "y"]))
    #expect(use["x"]?.integer(in: 0...9) == 1)
    #expect(use["y"]?.integer(in: 0...9) == 3)
    #expect(!report.hasErrors)
    _ = root["bad"]?.mapping()
    #expect(report.errors.first?.position == YAMLPosition(line: 6, column: 3))
  }

  @Test func aFileThatIsTooLongIsNotRead() {
    let (values, report) = read(String(repeating: "a", count: YAMLDocuments.longest + 1))
    #expect(values.isEmpty)
    #expect(report.hasErrors)
  }

  /// Each line doubles the one before: a billion values, which nobody may walk through.
  @Test func manyAliasesCostNothing() throws {
    var yaml = "a0: &a0 [x, x]\n"
    for level in 1...40 { yaml += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n" }
    let (values, report) = read(yaml)
    #expect(try #require(values.first?.mapping()).entries.count == 41)
    #expect(!report.hasErrors)
  }

  /// Whatever is put in, something sensible comes out: no trap, and an error or a value.
  @Test(arguments: 0..<40)
  func whateverIsPutInIsAnswered(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let pieces = [
      "a: ", "b", "\n", "  ", "- ", "*x", "&x ", "<<: ", "\"", "'", "{", "}", "[", "]", ",", ":", "#", "|\n", "~",
      "a: 1\n",
    ]
    for _ in 0..<60 {
      let text = (0...random.below(14)).map { _ in random.pick(pieces) }.joined()
      let (values, report) = read(text)
      let hasContent = text.contains { $0 == "b" || $0 == "~" || $0 == "{" || $0 == "[" } && !text.contains("#")
      if values.isEmpty, hasContent { #expect(report.hasErrors, "seed \(seed): \(text)") }
      for value in values { walk(value, depth: 0) }
    }
  }

  private func walk(_ value: YAMLValue, depth: Int) {
    guard depth < 6 else { return }
    switch value.kind {
    case .mapping: for entry in value.mapping()?.entries ?? [] { walk(entry.value, depth: depth + 1) }
    case .list: for item in value.list() ?? [] { walk(item, depth: depth + 1) }
    case .text, .nothing: _ = value.duration(in: 0...1)
    }
  }
}

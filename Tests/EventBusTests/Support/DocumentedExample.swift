import Foundation
import Testing

/// An example of the documentation stands word for word in a test, between two comments, so that it is compiled and run.
/// - Parameters:
///   - number: which block of Swift of the page, from 0.
///   - file: the source of the test.
func expectExample(_ number: Int, of file: String) throws {
  let here = URL(fileURLWithPath: file)
  var root = here
  while root.lastPathComponent != "Tests" { root.deleteLastPathComponent() }
  let page = try String(
    contentsOf: root.deletingLastPathComponent().appendingPathComponent("Sources/EventBus/EventBus.docc/EventBus.md"),
    encoding: .utf8)
  let source = try String(contentsOf: here, encoding: .utf8)
  let example = try #require(source.components(separatedBy: "// example begins\n").dropFirst().first)
    .components(separatedBy: "    // example ends")[0]
  let lines = example.split(separator: "\n", omittingEmptySubsequences: false).map {
    $0.hasPrefix("    ") ? $0.dropFirst(4) : $0
  }
  let block = try #require(page.components(separatedBy: "```swift\n").dropFirst(number + 1).first).components(
    separatedBy: "```")[0]
  #expect(block == lines.joined(separator: "\n"))
}

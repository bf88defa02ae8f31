import Operations
import TestSupport
import Testing

@Suite struct TransactionFilterPrintingTests {
  @Test(arguments: [
    ("dur>500ms svc=payment err", "dur>500ms svc=payment err"),
    ("dur>1500ms and err", "dur>1500ms err"), ("err or overdue and external", "err or overdue external"),
    ("not (err or overdue)", "not (err or overdue)"), ("((err))", "err"), ("STATUS=Stuck", "status=stuck"),
    ("op ~ \"a b\"", "op~\"a b\""), ("(err or overdue) or external", "(err or overdue) or external"), ("", ""),
  ]) func printsAsTyped(_ text: String, printed: String) throws {
    #expect(try TransactionFilter(parsing: text).description == printed)
  }

  @Test(arguments: 1...200) func readsBackWhatItPrints(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<20 {
      let filter = TransactionFilter(Self.expression(&generator, depth: 4))
      #expect(try TransactionFilter(parsing: filter.description) == filter, "seed \(seed): \(filter)")
    }
  }

  private static func expression(_ generator: inout SeededGenerator, depth: Int) -> TransactionFilter.Expression {
    func parts() -> [TransactionFilter.Expression] {
      (0..<Int.random(in: 2...3, using: &generator)).map { _ in expression(&generator, depth: depth - 1) }
    }
    switch depth == 0 ? 0 : Int.random(in: 0...5, using: &generator) {
    case 1: return .not(expression(&generator, depth: depth - 1))
    case 2, 3: return .all(parts())
    case 4, 5: return .any(parts())
    default: return .condition(condition(&generator))
    }
  }

  private static func condition(_ generator: inout SeededGenerator) -> TransactionFilter.Condition {
    func pick<Value: CaseIterable>(_ type: Value.Type) -> Value { type.allCases.randomElement(using: &generator)! }
    switch Int.random(in: 0...8, using: &generator) {
    case 0:
      let unit: Int64 = [1, 1_000, 1_000_000, 1_000_000_000, 60_000_000_000].randomElement(using: &generator)!
      return .duration(pick(TransactionFilter.Comparison.self), unit * Int64.random(in: 0...99_999, using: &generator))
    case 1: return .hops(pick(TransactionFilter.Comparison.self), Int.random(in: 0...99, using: &generator))
    case 2: return .errors(pick(TransactionFilter.Comparison.self), Int.random(in: 0...99, using: &generator))
    case 3: return .status(Bool.random(using: &generator), pick(TransactionState.self))
    case 4:
      let digits = String(UInt64.random(in: 0...UInt64.max, using: &generator), radix: 16)
      return .gtxid(Bool.random(using: &generator), prefix: digits)
    case 5: return .flag(pick(TransactionFilter.Flag.self))
    case 6: return .attribute(["http.route", "retry", "재고", "@@"].randomElement(using: &generator)!, test(&generator))
    default:
      let value = value(&generator)
      return .text(pick(TransactionFilter.Field.self), pick(TransactionFilter.Match.self), value)
    }
  }
}

extension TransactionFilterPrintingTests {
  private static func value(_ generator: inout SeededGenerator) -> String {
    let alphabet = Array("ab =!~<>()\"\\한é/\t-,.1")
    return String(
      (0..<Int.random(in: 0...6, using: &generator)).map { _ in alphabet.randomElement(using: &generator)! })
  }

  private static func test(_ generator: inout SeededGenerator) -> TransactionFilter.AttributeTest {
    switch Int.random(in: 0...2, using: &generator) {
    case 0: return .isThere
    case 1: return .text(TransactionFilter.Match.allCases.randomElement(using: &generator)!, value(&generator))
    default:
      // = and != compare texts, which numbers are, too.
      let comparison = [TransactionFilter.Comparison.less, .atMost, .greater, .atLeast].randomElement(
        using: &generator)!
      return .number(comparison, [0, -1.5, 1e300, 123_456_789_012, 0.1].randomElement(using: &generator)!)
    }
  }
}

import TestSupport
import Testing

@testable import Transactions

/// The store against a dictionary, over many seeds.
@Suite struct DocumentModelTests {
  /// A flat document; `nil` is JSON's null.
  private typealias Fields = [String: FieldValue]

  private struct Model {
    var documents: [String: (version: Int64, fields: Fields)] = [:]

    func matches(_ filter: DocumentFilter, _ fields: Fields) -> Bool {
      switch filter {
      case .all: true
      case .exists(let field): fields[field] != nil
      case .contains(let field, let text):
        if case .text(let value) = fields[field] { value.contains(text) } else { false }
      case .every(let filters): filters.allSatisfy { matches($0, fields) }
      case .any(let filters): filters.contains { matches($0, fields) }
      case .not(let filter): !matches(filter, fields)
      case .compare(let field, let comparison, let value):
        fields[field].map { compare($0, comparison, value) } ?? false
      }
    }

    private func compare(_ left: FieldValue, _ comparison: DocumentFilter.Comparison, _ right: FieldValue) -> Bool {
      switch (left, right) {
      case (.null, .null): comparison == .equal
      case (.bool(let left), .bool(let right)): comparison == .equal && left == right
      case (.text(let left), .text(let right)):
        ordered(Array(left.utf8), Array(right.utf8), comparison) { $0.lexicographicallyPrecedes($1) }
      default:
        if let left = number(left), let right = number(right) { ordered(left, right, comparison, <) } else { false }
      }
    }

    private func number(_ value: FieldValue) -> Double? {
      switch value {
      case .integer(let number): Double(number)
      case .real(let number): number
      default: nil
      }
    }

    private func ordered<Value: Equatable>(
      _ left: Value, _ right: Value, _ comparison: DocumentFilter.Comparison, _ isBefore: (Value, Value) -> Bool
    ) -> Bool {
      switch comparison {
      case .equal: left == right
      case .less: isBefore(left, right)
      case .atMost: !isBefore(right, left)
      case .greater: isBefore(right, left)
      case .atLeast: !isBefore(left, right)
      }
    }
  }

  private func json(_ fields: Fields) -> String {
    let parts = fields.sorted { $0.key < $1.key }.map { name, value in
      let text =
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .real(let value): "\(value)"
        case .text(let value): "\"\(value)\""
        }
      return "\"\(name)\":\(text)"
    }
    return "{\(parts.joined(separator: ","))}"
  }

  private func value(_ random: inout SeededGenerator) -> FieldValue {
    switch random.below(7) {
    case 0: .null
    case 1: .bool(random.chance(50))
    case 2: .real(Double(random.below(6)) / 2)
    case 3, 4: .integer(Int64(random.below(4)))
    default: .text(["", "1", "true", "null", "a", "b", "결제"][random.below(7)])
    }
  }

  private func fields(_ random: inout SeededGenerator) -> Fields {
    var fields: Fields = [:]
    for name in ["a", "b", "c"] where random.chance(60) { fields[name] = value(&random) }
    return fields
  }

  private func filter(_ random: inout SeededGenerator, depth: Int = 0) -> DocumentFilter {
    let field = ["a", "b", "c"][random.below(3)]
    switch random.below(depth < 2 ? 9 : 6) {
    case 0: return .exists(field)
    case 1 where random.chance(50): return .contains(field, ["", "u", "결", "b"][random.below(4)])
    case 6: return .not(filter(&random, depth: depth + 1))
    case 7: return .every((0..<random.below(3)).map { _ in filter(&random, depth: depth + 1) })
    case 8: return .any((0..<random.below(3)).map { _ in filter(&random, depth: depth + 1) })
    default:
      let comparisons = DocumentFilter.Comparison.allCases
      return .compare(field, comparisons[random.below(comparisons.count)], value(&random))
    }
  }

  @Test(arguments: 0..<200) func theStoreIsADictionaryThatRemembers(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let store = try DocumentStore(name: "test", collections: [DocumentCollection("d", indexes: ["a"])])
    var model = Model()
    var versions: Int64 = 0
    for step in 0..<40 {
      let id = "\(random.below(6))"
      let old = model.documents[id]
      let version = random.chance(30) ? Int64(random.below(10)) : random.chance(50) ? old?.version : nil
      let isRight = old != nil && (version ?? old?.version) == old?.version
      let new = fields(&random)
      var expected = old?.fields
      var isDone = isRight
      let succeeded: Bool
      switch random.below(5) {
      case 4:
        let (condition, how) = (filter(&random), random.chance(50) ? DocumentStore.Upsert.merge : .replace)
        isDone = old.map { model.matches(condition, $0.fields) } ?? true
        expected = how == .replace ? new : old?.fields ?? [:]
        if how == .merge { for (name, value) in new { expected?[name] = value == .null ? nil : value } }
        succeeded = (try? store.upsert(id, json(new), in: "d", by: how, where: condition, now: 1)) != nil
      case 0:
        isDone = old == nil
        expected = new
        succeeded = (try? store.insert(id, json(new), in: "d", now: 1)) != nil
      case 1:
        isDone = isRight || (old == nil && version == nil)
        expected = new
        succeeded = (try? store.put(id, json(new), in: "d", ifVersion: version, now: 1)) != nil
      case 2:
        for (name, value) in new { expected?[name] = value == .null ? nil : value }
        succeeded = (try? store.merge(json(new), into: id, in: "d", ifVersion: version, now: 1)) != nil
      default:
        expected = nil
        succeeded = (try? store.delete(id, in: "d", ifVersion: version, now: 1)) != nil
      }
      #expect(succeeded == isDone, "seed \(seed), step \(step)")
      guard isDone else { continue }
      versions += 1
      model.documents[id] = expected.map { (versions, $0) }
      let stored = try store.get(id, in: "d")
      #expect(stored?.version == expected.map { _ in versions }, "seed \(seed), step \(step)")
    }
    for _ in 0..<12 {
      let filter = filter(&random)
      let found = model.documents.filter { model.matches(filter, $0.value.fields) }.keys.sorted()
      #expect(try store.find(filter, in: "d").map(\.id) == found, "seed \(seed): \(filter)")
      #expect(try store.count(filter, in: "d") == found.count, "seed \(seed): \(filter)")
    }
    // The change stream, replayed, gives the documents.
    guard case .changes(let changes, _) = try store.changes(of: "d", after: 0, limit: 1000) else {
      return #expect(Bool(false), "seed \(seed): changes were lost")
    }
    var replayed: [String: Document] = [:]
    for change in changes {
      #expect(replayed[change.id] == change.before, "seed \(seed), token \(change.token)")
      replayed[change.id] = change.after
    }
    #expect(try store.find(in: "d") == replayed.values.sorted { $0.id < $1.id }, "seed \(seed)")
    #expect(changes.map(\.token) == Array(1..<(versions + 1)), "seed \(seed)")
  }
}

internal import TraceModel

/// The order of spans under one parent: crossings by LTXID, then start, then id; work inside the service, and
/// crossings whose carrier brought no number, by start among them.
struct SiblingOrder {
  private struct Key {
    let start: Int64
    let id: SpanID
    let place: Int32
  }

  private let starts: [Int64]
  private let ids: [SpanID]
  /// 0 for those that have no number of their own.
  private let numbers: [UInt32]

  init(_ spans: [SpanOutline], skews: [Int64]) {
    starts = spans.indices.map { spans[$0].start &- skews[$0] }
    numbers = spans.map { $0.kind == .internal ? 0 : $0.ltxid }
    ids = spans.map(\.id)
  }

  /// All spans by start, then id: what siblings without numbers are ordered by.
  func byStart() -> [Int] {
    var keys = starts.indices.map { Key(start: starts[$0], id: ids[$0], place: Int32($0)) }
    keys.sort { left, right in
      if left.start != right.start { return left.start < right.start }
      return left.id == right.id ? left.place < right.place : left.id < right.id
    }
    return keys.map { Int($0.place) }
  }

  /// `siblings` are ordered by start, then id; nil where that is their order already.
  func sorted(_ siblings: ArraySlice<Int>) -> [Int]? {
    guard !isInOrder(siblings) else { return nil }
    let numbered = siblings.filter { numbers[$0] > 0 }.enumerated().sorted { left, right in
      (numbers[left.element], left.offset) < (numbers[right.element], right.offset)
    }
    let others = siblings.filter { numbers[$0] == 0 }
    var result: [Int] = []
    var next = 0
    for (_, sibling) in numbered {
      while next < others.count, starts[others[next]] <= starts[sibling] {
        result.append(others[next])
        next += 1
      }
      result.append(sibling)
    }
    return result + others[next...]
  }

  /// Numbers rise with the starts, and of those that start together the ones without a number come first.
  private func isInOrder(_ siblings: ArraySlice<Int>) -> Bool {
    var last: (number: UInt32, start: Int64) = (0, .min)
    for sibling in siblings {
      if numbers[sibling] == 0 {
        if last.number > 0, starts[sibling] == last.start { return false }
      } else {
        guard numbers[sibling] >= last.number else { return false }
        last = (numbers[sibling], starts[sibling])
      }
    }
    return true
  }
}

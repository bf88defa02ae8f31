internal import TraceModel

/// The order of spans under one parent: crossings by LTXID, then start, then id; work inside the service, and
/// crossings whose carrier brought no number, by start among them.
struct SiblingOrder {
  private let starts: [Int64]
  private let ids: [SpanID]
  /// 0 for those that have no number of their own.
  private let numbers: [UInt32]

  init(_ spans: [TraceSpan], skews: [Int64]) {
    starts = spans.indices.map { spans[$0].start &- skews[$0] }
    ids = spans.map(\.id)
    numbers = spans.map { $0.kind == .internal ? 0 : $0.ltxid?.number ?? 0 }
  }

  func sorted(_ siblings: ArraySlice<Int>) -> [Int] {
    let numbered = siblings.filter { numbers[$0] > 0 }.sorted { left, right in
      numbers[left] == numbers[right] ? isEarlier(left, right) : numbers[left] < numbers[right]
    }
    let others = siblings.filter { numbers[$0] == 0 }.sorted(by: isEarlier)
    guard !others.isEmpty, !numbered.isEmpty else { return numbered + others }
    var result: [Int] = []
    var next = 0
    for sibling in numbered {
      while next < others.count, starts[others[next]] <= starts[sibling] {
        result.append(others[next])
        next += 1
      }
      result.append(sibling)
    }
    return result + others[next...]
  }

  private func isEarlier(_ left: Int, _ right: Int) -> Bool {
    (starts[left], ids[left], left) < (starts[right], ids[right], right)
  }
}

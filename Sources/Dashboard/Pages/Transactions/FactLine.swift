import Drawing

/// Facts that stand side by side in one line. Where there is no room for all, the least important are left out whole.
struct FactLine {
  struct Fact {
    var runs: [Run]
    /// 0 stays; of the others the highest goes first.
    var priority: Int
    /// Blanks before it, where it is not the first.
    var gap: Int
  }

  private var facts: [Fact] = []

  mutating func add(_ runs: [Run], priority: Int = 0, gap: Int = 3) {
    guard !runs.text.isEmpty else { return }
    facts.append(Fact(runs: runs, priority: priority, gap: gap))
  }

  /// What fits into `width` columns.
  func runs(in width: Int) -> [Run] {
    var kept = facts
    while Self.width(kept) > width, let worst = kept.map(\.priority).max(), worst > 0,
      let index = kept.lastIndex(where: { $0.priority == worst })
    {
      kept.remove(at: index)
    }
    return endEllipsis(Self.joined(kept), width)
  }

  private static func width(_ facts: [Fact]) -> Int {
    facts.enumerated().reduce(0) { $0 + $1.element.runs.cellWidth + ($1.offset == 0 ? 0 : $1.element.gap) }
  }

  private static func joined(_ facts: [Fact]) -> [Run] {
    facts.enumerated().flatMap { index, fact in
      index == 0 ? fact.runs : [Run(String(repeating: " ", count: fact.gap))] + fact.runs
    }
  }
}

/// Facts that flow over several lines, each whole.
enum FactFlow {
  static func lines(_ facts: [[Run]], width: Int, gap: Int = 4) -> [[Run]] {
    var lines: [[Run]] = []
    for fact in facts {
      let fact = endEllipsis(fact, width)
      if let last = lines.last, last.cellWidth + gap + fact.cellWidth <= width {
        lines[lines.count - 1] = last + [Run(String(repeating: " ", count: gap))] + fact
      } else {
        lines.append(fact)
      }
    }
    return lines
  }
}

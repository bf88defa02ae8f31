import Drawing

extension [[Run]] {
  /// The groups from the first on that fit into `width` with `gap` blanks between them; a group is never cut.
  func fitting(_ width: Int, gap: Int = 2) -> [Run] {
    var line: [Run] = []
    for group in self where !group.isEmpty {
      let added = line.isEmpty ? group : [Run(String(repeating: " ", count: gap))] + group
      guard (line + added).cellWidth <= width else { break }
      line += added
    }
    return line
  }
}

extension Run {
  /// Something that needs no eye.
  static func muted(_ text: String) -> Run { Run(text, .muted) }
  static func faint(_ text: String) -> Run { Run(text, .faint) }
}

extension Sequence where Element: FixedWidthInteger {
  /// The sum, or the largest number there is: figures from outside may be anything.
  var saturatingSum: Element {
    reduce(0) { sum, next in
      let (result, overflow) = sum.addingReportingOverflow(next)
      return overflow ? .max : result
    }
  }
}

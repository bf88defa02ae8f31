internal import TraceModel

/// A call tree as plain text, for the command line. Summaries are folded.
public enum CallTreeText {
  /// Below this share of the critical path a row is not marked.
  private static let least = 0.01
  /// Deeper rows are not indented further, and say how deep they are.
  private static let deepest = 40

  /// A heading of two lines, then a line for each row: critical-path mark and hop, tree, time taken, code.
  ///
  /// With `ascii` all glyphs are ASCII; names from outside stay as they are, control characters made visible.
  public static func render(_ tree: CallTree, ascii: Bool = false) -> String {
    guard let root = tree.nodes.first else { return "" }
    let glyphs = ascii ? CallTreeGlyphs.ascii : CallTreeGlyphs.unicode
    let path = tree.criticalPath(tree.defaultPathKind)
    let shown = unfolded(tree.rows)
    let rows = shown.map { tree.rows[$0] }
    let lines = zip(shown, rows).map { index, row in
      (
        isCritical: tree.criticalShare(of: row, on: path) >= least,
        label: label(row, of: tree, glyphs) + folded(row, below: row.subtreeEnd - index - 1),
        took: took(row, glyphs), code: code(row, glyphs)
      )
    }
    let width = lines.reduce(24) { max($0, VisibleText.width($1.label)) }
    let hops = tree.rows.reduce(3) { max($0, $1.ltxid?.description.count ?? 0) }
    var text = heading(tree, root: root, path: path, glyphs)
    text += line(" ", "hop", "service and operation", "took", "code", hops: hops, width: width)
    for (row, line) in zip(rows, lines) {
      text += self.line(
        line.isCritical ? glyphs.critical : " ", hop(row, glyphs), line.label, line.took, line.code, hops: hops,
        width: width)
    }
    // What the shop itself writes between a product and how many of it.
    return ascii ? text.replacing("×", with: "x") : text
  }

  /// The rows that summaries do not stand for.
  private static func unfolded(_ rows: [CallTreeRow]) -> [Int] {
    var shown: [Int] = []
    var index = 0
    while index < rows.count {
      shown.append(index)
      index = rows[index].isSummary ? rows[index].subtreeEnd : index + 1
    }
    return shown
  }

  private static func folded(_ row: CallTreeRow, below: Int) -> String {
    row.isSummary && row.hasChildren ? "  +\(below)" : ""
  }

  private static func heading(
    _ tree: CallTree, root: CallTree.Node, path: CriticalPath, _ glyphs: CallTreeGlyphs
  ) -> String {
    let kind = root.span[attribute: AttributeName.kind]?.description ?? root.span.operation
    let facts = [
      duration(tree.duration), count(tree.hops, "hop"), count(tree.services.count, "service"),
      count(tree.errorOrigins, "error"), "\(glyphs.critical) critical path of the \(path.kind)",
    ]
    return "\(root.span.gtxid.hex)  \(VisibleText.visible(kind))\n\(facts.joined(separator: "  "))\n\n"
  }

  private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  private static func line(
    _ mark: String, _ hop: String, _ label: String, _ took: String, _ code: String, hops: Int, width: Int
  ) -> String {
    let blanks = String(repeating: " ", count: max(0, width - VisibleText.width(label)))
    let time = String(repeating: " ", count: max(0, 9 - VisibleText.width(took))) + took
    var line = mark + hop + String(repeating: " ", count: max(0, hops - hop.count)) + "  " + label + blanks + time
    if !code.isEmpty { line += "  " + code }
    while line.last == " " { line.removeLast() }
    return line + "\n"
  }

  private static func hop(_ row: CallTreeRow, _ glyphs: CallTreeGlyphs) -> String {
    guard case .hop = row.content else { return "" }
    return row.ltxid?.description ?? glyphs.noHop
  }

  private static func label(_ row: CallTreeRow, of tree: CallTree, _ glyphs: CallTreeGlyphs) -> String {
    let indent = String(repeating: "  ", count: min(row.depth, deepest))
    return indent + (row.depth > deepest ? "[\(row.depth)] " : "") + sign(row, glyphs) + words(row, of: tree, glyphs)
  }

  private static func sign(_ row: CallTreeRow, _ glyphs: CallTreeGlyphs) -> String {
    switch row.content {
    case .hop, .span: row.hasChildren ? (row.isSummary ? glyphs.folded : glyphs.open) + " " : "  "
    case .record: glyphs.event + " "
    case .backOff: glyphs.backOff + " "
    case .refused: glyphs.refused + " "
    case .breaker: glyphs.breaker(row.to) + " "
    case .duplicate: glyphs.duplicate + " "
    }
  }

  private static func words(_ row: CallTreeRow, of tree: CallTree, _ glyphs: CallTreeGlyphs) -> String {
    var words: String
    switch row.content {
    case .hop, .span:
      words = [row.service, row.operation, row.subject].filter { !$0.isEmpty }.joined(separator: " ")
      if let undoes = row.undoes { words += "  \(glyphs.undoes) undoes \(undoes)" }
      if let attempt = row.attempt { words += "  " + part(attempt, row.attempts) }
      if let adoption = tree.nodes[row.node].adoption { words += "  (\(adoption.words))" }
    case .record:
      words = "\(row.operation) \(glyphs.arrow) \(row.topic)"
      if let partition = row.partition { words += "[\(partition)]" }
      if let offset = row.offset { words += " @\(grouped(offset))" }
    case .backOff: words = "back-off"
    case .refused:
      words = "attempt " + (row.attempt.map { part($0, row.attempts) + " " } ?? "") + "not permitted"
      if !row.operation.isEmpty { words += " by \(row.operation)" }
    case .breaker: words = "breaker \(row.to) \(row.operation)"
    case .duplicate: words = "duplicate, not acted on"
    }
    return VisibleText.visible(words)
  }

  private static func part(_ attempt: Int, _ attempts: Int?) -> String {
    attempts.map { "\(attempt)/\($0)" } ?? "\(attempt)"
  }

  private static func took(_ row: CallTreeRow, _ glyphs: CallTreeGlyphs) -> String {
    switch row.content {
    case .breaker, .duplicate: return ""
    case .record: return row.duration.map { "+" + duration($0) } ?? ""
    case .hop, .span, .backOff, .refused: return row.duration.map(duration) ?? glyphs.unknown
    }
  }

  private static func code(_ row: CallTreeRow, _ glyphs: CallTreeGlyphs) -> String {
    switch row.code {
    case .none: ""
    case .ok: "ok"
    case .failed(let status): status.map { "\(glyphs.failed) \($0)" } ?? glyphs.failed
    case .status(let status): "\(status)"
    case .state(let state): VisibleText.visible(state)
    case .refused: glyphs.refused
    case .unknown: glyphs.unknown
    }
  }
}

internal import Wording
internal import Yams

/// Reads the documents of a file.
public enum YAMLDocuments {
  /// In Unicode scalars: no settings are longer, and nobody waits for one that is.
  public static let longest = 1 << 20

  /// The roots of the documents of a file, in order; those that are empty left out. What keeps it from being read is
  /// noted in `report`: a file that is no YAML has one error and no documents; keys that are given twice and aliases
  /// without an anchor are all named, and the rest is there to be looked at.
  public static func read(_ yaml: String, _ report: YAMLReport) -> [YAMLValue] {
    guard yaml.unicodeScalars.count <= longest else {
      report.error("the file is too long to be settings; at most \(longest) characters are read", at: nil)
      return []
    }
    var composer = MendingComposer(text: yaml, report: report)
    return composer.documents()
  }
}

/// Yams ends at the first key that is given twice, and at the first unknown alias. This notes the mistake, writes
/// something harmless of the same length in its place, and begins again: every other place stays what it was.
private struct MendingComposer {
  /// The lines, as scalars: a `Mark` counts those.
  private var lines: [[Unicode.Scalar]]
  private let context: YAMLContext
  /// So many mistakes are mended, to look for the next, before the rest of the file is given up.
  private static let limit = 200

  init(text: String, report: YAMLReport) {
    lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
    context = YAMLContext(report: report)
  }

  mutating func documents() -> [YAMLValue] {
    for _ in 0..<Self.limit {
      do {
        return try roots().filter { !$0.isEmptyDocument }.map {
          YAMLValue(node: $0, name: "", position: $0.position, context: context)
        }
      } catch YamlError.duplicatedKeysInMapping(let names, let found) {
        guard let name = names.first, rename(name, at: found.mark) else {
          error("\(names.map(quoted).joined(separator: ", ")) is given twice", found.mark)
          return []
        }
      } catch YamlError.composer(_, "found undefined alias", let mark, _) {
        guard blankAlias(at: mark) else { return [] }
      } catch YamlError.parser(_, let problem, let mark, _), YamlError.scanner(_, let problem, let mark, _),
        YamlError.composer(_, let problem, let mark, _)
      {
        error("this is not YAML: \(problem)", mark)
        return []
      } catch {
        context.report.error("this is not YAML: \(error)", at: nil)
        return []
      }
    }
    context.report.error("there are more mistakes than are worth naming; mend these first", at: nil)
    return []
  }

  private func roots() throws -> [Node] {
    var text = String.UnicodeScalarView()
    for (index, line) in lines.enumerated() {
      if index > 0 { text.append("\n") }
      text.append(contentsOf: line)
    }
    let parser = try Parser(yaml: String(text))
    var roots: [Node] = []
    while let root = try parser.nextRoot() { roots.append(root) }
    return roots
  }

  /// Gives the first of two equal keys another last letter, from the private use area, as many letters long.
  private mutating func rename(_ name: String, at mark: Mark) -> Bool {
    let letters = Array(name.unicodeScalars)
    let (line, column) = (mark.line - 1, mark.column - 1)
    guard lines.indices.contains(line), !letters.isEmpty, context.renamed.count < 6_000 else { return false }
    let row = lines[line]
    let isQuoted = row.indices.contains(column) && (row[column] == "\"" || row[column] == "'")
    let start = column + (isQuoted ? 1 : 0)
    let end = start + letters.count
    guard end <= row.count, Array(row[start..<end]) == letters,
      let replacement = Unicode.Scalar(0xE000 + UInt32(context.renamed.count))
    else { return false }
    lines[line][end - 1] = replacement
    context.renamed.append((YAMLPosition(mark), name))
    return true
  }

  private mutating func blankAlias(at mark: Mark) -> Bool {
    let (line, column) = (mark.line - 1, mark.column - 1)
    guard lines.indices.contains(line), lines[line].indices.contains(column), lines[line][column] == "*" else {
      error("this alias has no anchor", mark)
      return false
    }
    let name = lines[line][(column + 1)...].prefix {
      $0.properties.isAlphabetic || $0.isDigit || $0 == "-" || $0 == "_"
    }
    error(
      "the alias *\(String(String.UnicodeScalarView(name))) has no anchor; write &name before what it stands for", mark)
    lines[line][column] = "x"
    context.broken.append(YAMLPosition(mark))
    return true
  }

  private func error(_ message: String, _ mark: Mark) { context.report.error(message, at: YAMLPosition(mark)) }
}

extension Unicode.Scalar {
  fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}

/// What all values of a file share.
final class YAMLContext {
  let report: YAMLReport
  /// Keys that stand again further down in their mapping.
  var renamed: [(position: YAMLPosition, name: String)] = []
  /// Where a value was to be that is not known.
  var broken: [YAMLPosition] = []

  init(report: YAMLReport) {
    self.report = report
  }
}

extension YAMLPosition {
  init(_ mark: Mark) { self.init(line: mark.line, column: mark.column) }
}

extension Node {
  var position: YAMLPosition? { mark.map { YAMLPosition($0) } }

  fileprivate var isEmptyDocument: Bool {
    if case .scalar(let scalar) = self { return scalar.string.isEmpty && scalar.style == .plain }
    return false
  }
}

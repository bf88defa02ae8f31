import Drawing

/// Runs broken into lines of at most `width` columns: where their texts are, and at blanks where there are any.
func wrapped(_ runs: [Run], width: Int) -> [[Run]] {
  guard width > 0 else { return [] }
  var (lines, line, used): ([[Run]], [Run], Int) = ([], [], 0)
  func broken() {
    lines.append(line)
    line = []
    used = 0
  }
  for (run, text) in runs.flatMap({ run in lineTexts(of: run.text).map { (run, $0) } }) {
    guard let text else {
      broken()
      continue
    }
    for piece in words(of: visible(text)) {
      var rest = piece
      if used + rest.cellWidth > width, used > 0 {
        broken()
        rest = String(rest.drop { $0 == " " })
      }
      while let end = overflow(of: rest, width: width) {
        line.append(Run(String(rest[..<end]), run.ink, attributes: run.attributes))
        broken()
        rest = String(rest[end...])
      }
      guard !rest.isEmpty else { continue }
      line.append(Run(rest, run.ink, attributes: run.attributes))
      used += rest.cellWidth
    }
  }
  if !line.isEmpty { broken() }
  return lines
}

/// The lines of a text, with nil between them; what is indented by tabs is so by blanks.
private func lineTexts(of text: String) -> [String?] {
  guard text.utf8.contains(where: { $0 == 0x0A || $0 == 0x09 }) else { return [text] }
  let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
  let texts = lines.map { $0.reduce(into: "") { $0 += $1 == "\t" ? "    " : String($1) } }
  // What ends with a line's end has no empty line behind it.
  let shown = texts.count > 1 && texts.last?.isEmpty == true ? texts.dropLast() : texts[...]
  return Array(shown.map { [$0] }.joined(separator: [nil]))
}

/// A text in words, each with the blanks before it.
private func words(of text: String) -> [String] {
  var (words, word, isBlank): ([String], String, Bool) = ([], "", true)
  for character in text {
    if character == " ", !isBlank {
      words.append(word)
      word = ""
    }
    isBlank = character == " "
    word.append(character)
  }
  return word.isEmpty ? words : words + [word]
}

/// Where the part ends that has room; nil when all of it has. It has one character at least.
private func overflow(of text: String, width: Int) -> String.Index? {
  var used = 0
  for index in text.indices {
    used += String(text[index]).cellWidth
    if used > width, index > text.startIndex { return index }
  }
  return nil
}

import Operations

extension Model {
  /// Opens the line in which a filter is typed.
  mutating func openFilter() -> [Effect] {
    guard let filter = pages[page].filter else { return saying("this page takes no filter") }
    filterLine = FilterLine(editor: LineEditor(filter, history: filterHistory))
    return []
  }

  mutating func pressInFilter(_ key: KeyPress) -> [Effect] {
    guard var line = filterLine else { return [] }
    switch key.key {
    case .enter:
      if line.problem != nil { return [] }
      let text = line.editor.text
      filterLine = nil
      if !text.isEmpty {
        filterHistory.removeAll { $0 == text }
        filterHistory.append(text)
        if filterHistory.count > 100 { filterHistory.removeFirst() }
      }
      return refresh()
    case .escape:
      line.editor.text = ""
      filterLine = line
      narrowPage()
      filterLine = nil
      return refresh()
    default:
      guard line.editor.press(key) else { return [] }
      filterLine = line
      narrowPage()
      return refresh()
    }
  }

  /// Gives the page the text as far as it is typed.
  mutating func narrowPage() {
    guard let text = filterLine?.editor.text else { return }
    let context = context
    let problem = pages.change(page) { $0.narrow(to: text, context) }
    filterLine?.problem = problem
  }
}

extension Array where Element: Equatable {
  /// Where Tab goes from `element`: so many places on, round the end to the beginning.
  func following(_ element: Element, by step: Int) -> Element {
    guard !isEmpty else { return element }
    let index = firstIndex(of: element) ?? 0
    return self[(index + step + count) % count]
  }
}

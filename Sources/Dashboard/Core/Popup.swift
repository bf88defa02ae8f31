import Drawing

/// Something that floats above a page and has the keys while it is there.
protocol PopupContent: Sendable {
  /// The actions of a key; a popup swallows every key.
  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action]

  mutating func point(_ event: MouseEvent, in screen: Rect, _ context: PageContext) -> [Action]

  /// Draws itself over `screen`, the whole terminal; the page behind has already receded.
  func draw(on canvas: inout Canvas, in screen: Rect, _ context: PageContext)

  func breadcrumb(_ context: PageContext) -> [String]
  func hints(_ context: PageContext) -> [KeyHint]
}

/// A popup with what is in it.
struct Popup: Sendable {
  var content: any PopupContent

  init(_ content: any PopupContent) {
    self.content = content
  }
}

import Drawing
import Operations
import TraceModel

/// Something that floats above a page and has the keys while it is there.
protocol PopupContent: Sendable {
  /// The actions of a key; a popup swallows every key.
  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action]

  mutating func point(_ event: MouseEvent, in screen: Rect, _ context: PageContext) -> [Action]

  /// Draws itself over `screen`, the whole terminal; the page behind has already receded.
  func draw(on canvas: inout Canvas, in screen: Rect, _ context: PageContext)

  func breadcrumb(_ context: PageContext) -> [String]
  func hints(_ context: PageContext) -> [KeyHint]

  /// Text that was pasted as a whole.
  mutating func paste(_ text: String, _ context: PageContext) -> [Action]

  /// The ids that begin with a prefix that it asked about.
  mutating func found(_ ids: [GTXID], prefix: String, _ context: PageContext) -> [Action]

  /// What a move of offsets that it asked about would do.
  mutating func previewed(_ move: OffsetMove, _ preview: OffsetPreview, _ context: PageContext) -> [Action]

  /// The state has changed.
  mutating func refresh(_ context: PageContext) -> [Action]
}

extension PopupContent {
  mutating func paste(_ text: String, _ context: PageContext) -> [Action] { [] }
  mutating func found(_ ids: [GTXID], prefix: String, _ context: PageContext) -> [Action] { [] }
  mutating func previewed(_ move: OffsetMove, _ preview: OffsetPreview, _ context: PageContext) -> [Action] { [] }
  mutating func refresh(_ context: PageContext) -> [Action] { [] }
}

/// A popup with what is in it.
struct Popup: Sendable {
  var content: any PopupContent

  init(_ content: any PopupContent) {
    self.content = content
  }
}

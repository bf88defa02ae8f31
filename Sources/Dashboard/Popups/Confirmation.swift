import Drawing
import Operations
import Widgets

/// A question before something is done that cannot be taken back. The answer is no unless it is said.
struct Confirmation: PopupContent {
  /// `End all faults on shop?`
  let question: String
  /// What it means: `3 faults are on.`
  let effect: String
  /// What the acting button says.
  let verb: String
  let actions: [Action]

  static func endAllFaults(on snapshot: SystemSnapshot) -> Confirmation {
    let count = snapshot.faults.armed.count(where: \.isOn)
    return Confirmation(
      question: "End all faults on \(snapshot.system.name)?",
      effect: count == 1 ? "1 fault is on." : "\(count) faults are on.", verb: "end them",
      actions: [.effect(.perform(.endAllFaults))])
  }

  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action] {
    switch key.key {
    case .character("y"), .character("Y"): return [.dismiss] + actions
    case .character("n"), .character("N"), .character("q"), .escape, .enter: return [.dismiss]
    default: return []
    }
  }

  mutating func point(_ event: MouseEvent, in screen: Rect, _ context: PageContext) -> [Action] { [] }

  func draw(on canvas: inout Canvas, in screen: Rect, _ context: PageContext) {
    let room = min(60, max(10, context.size.columns - 4))
    let lines =
      wrapped([Run(question, .strong, bold: true)], width: room) + wrapped([Run(effect, .text)], width: room)
    let box = Widgets.Popup([Run("sure?", .title, bold: true)], tone: .failing, height: lines.count + 4)
    let inside = box.draw(on: &canvas)
    for (row, line) in lines.prefix(max(0, inside.height - 1)).enumerated() {
      canvas.rich(endEllipsis(line, inside.width), x: inside.x, y: inside.y + row)
    }
    guard inside.height > lines.count else { return }
    let keys = [
      Run("y", .failing, bold: true), Run(" \(verb)   ", .text), Run("n", .accent, bold: true),
      Run(" leave it", .muted),
    ]
    canvas.rich(endEllipsis(keys, inside.width), x: inside.x, y: inside.bottom - 1)
  }

  func breadcrumb(_ context: PageContext) -> [String] { [verb] }
  func hints(_ context: PageContext) -> [KeyHint] { [KeyHint("y", verb), KeyHint("n", "leave it")] }
}

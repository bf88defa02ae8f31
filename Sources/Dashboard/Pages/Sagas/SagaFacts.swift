import Drawing
import Operations
import TraceModel
import Widgets

/// What there is to say of one saga: names and sentences below each other.
struct SagaFacts {
  let saga: SagaSnapshot
  let context: PageContext

  private var definition: SagaDefinitionSnapshot? {
    context.snapshot.sagas.definitions.first { $0.name == saga.definition }
  }

  private static let indent = 11

  func lines(width: Int) -> [[Run]] {
    var lines: [[Run]] = []
    func add(_ name: String, _ runs: [Run]) {
      let room = max(8, width - Self.indent)
      for (index, line) in wrapped(runs, width: room).prefix(3).enumerated() {
        let label = index == 0 ? name : ""
        let blank = String(repeating: " ", count: Self.indent - label.cellWidth)
        lines.append([Run(label + blank, .label)] + endEllipsis(line, room))
      }
    }
    add("steps", saga.stripRuns)
    if !saga.reason.isEmpty {
      add("because", [Run(visible(saga.reason), saga.state == .stuck ? .failing : .text, bold: saga.state == .stuck)])
    }
    if let back = saga.returnedBy {
      add("undone by", [Run(back.short, .accent), .muted("  the return of its customer")])
    }
    if !saga.unpublished.isEmpty {
      add("stands", saga.wait)
    } else if !saga.waitsFor.isEmpty {
      add("waits for", [Run(visible(saga.waitsFor), saga.isOverdue ? .degraded : .text)])
    }
    if !saga.locks.isEmpty { add("locks", [Run(visible(saga.locks.joined(separator: "  ")))]) }
    if saga.stash > 0 {
      let message = saga.stash == 1 ? "1 message of another saga waits" : "\(saga.stash) messages of others wait"
      add("stash", [Run("\(message) for what it holds", .degraded)])
    }
    let began = context.clock(saga.start, .tenths)
    let into = context.clock(saga.since, .tenths)
    add("began", [.muted("\(began), is \(saga.state.mark.word) from \(into) on")])
    add("told by", [.muted(teller)])
    return lines
  }

  private var teller: String {
    if !saga.isInferred { return "its orchestrator, which keeps a journal of it" }
    return "nobody: inferred from its order and its events"
  }

  func draw(on canvas: inout Canvas, in rect: Rect, isOpened: Bool) {
    var title = saga.mark.long + [Run("  "), Run(saga.gtxid.short, .accent)]
    if isOpened, rect.width > 76 { title[title.count - 1] = Run(saga.gtxid.hex, .accent) }
    title.append(Run("  " + visible(definition?.title ?? saga.definition), .strong, bold: true))
    let time = Figures.duration(max(0, context.since(saga.since))).text
    Rule(endEllipsis(title, rect.width), figures: [.muted("in this state "), Run(time, .strong)])
      .draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
    let body = rect.split(top: 1).rest
    for (row, line) in lines(width: rect.width).prefix(body.height).enumerated() {
      canvas.rich(endEllipsis(line, body.width), x: body.x, y: body.y + row)
    }
  }
}

import Drawing
import Operations
import TraceModel
import Widgets

/// An order that is the sum of its events: each of them, and what the order was after it. While an older moment is shown
/// the order stands as it was then, and what was still to come is faint.
extension DataPage {
  /// The stored event under the cursor.
  func step(_ context: PageContext) -> OrderFacts.Step? {
    guard focus == .events, let steps = order(context)?.history else { return nil }
    return cursor(.events).index(in: keys(.events, context)).map { steps[$0] }
  }

  /// The moment as of which the order is shown; nil: as of now.
  private func moment(_ context: PageContext) -> Int64? {
    context.isFrozen ? context.moment ?? context.snapshot.time : nil
  }

  /// What the order was at the moment that is shown.
  func asOf(_ steps: [OrderFacts.Step], _ context: PageContext) -> [Run] {
    let moment = moment(context)
    let time = moment.map { "as of \(context.clock($0, .milliseconds))  " } ?? "now  "
    guard let last = steps.last(where: { moment == nil || $0.time <= moment ?? 0 }) else {
      return [.muted(time), .faint("not created yet")]
    }
    let waits: [Run] = last.step.isEmpty || last.step == "done" ? [] : [.muted(", waits for \(visible(last.step))")]
    return [.muted(time), Run(visible(last.state), .strong)] + waits
  }

  func stepContent(_ steps: [OrderFacts.Step], _ context: PageContext) -> Content {
    let moment = moment(context)
    let columns = [
      TableColumn("#", .fit(minimum: 2), align: .right, priority: 4), TableColumn("time", .fixed(12), priority: 1),
      TableColumn("hop", .fit(minimum: 3), align: .right, priority: 3),
      TableColumn("event", .share(minimum: 12, maximum: 24)),
      TableColumn("then it is", .share(minimum: 10, maximum: 14)),
      TableColumn("waits for", .share(minimum: 9, maximum: 24), priority: 2),
      TableColumn("because", .share(minimum: 8, maximum: 30), priority: 5),
    ]
    return Content(columns: columns, count: steps.count, empty: "It has no event.") { index in
      let step = steps[index]
      let isToCome = moment.map { step.time > $0 } ?? false
      func ink(_ ink: Ink) -> Ink { isToCome ? .faint : ink }
      return [
        .figure(Figures.count(Int(clamping: step.version)), ink(.muted)),
        .text(context.clock(step.time, .milliseconds), .faint), .text(step.hop?.description ?? "–", ink(.muted)),
        .text(step.type, ink(.event)), .text(step.state.isEmpty ? "–" : step.state, ink(.text)),
        .text(step.step == "done" ? "" : step.step, ink(.muted)), .text(step.reason, ink(.muted)),
      ]
    }
  }
}

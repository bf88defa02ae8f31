import Drawing
import Operations
import TraceModel
import Widgets

/// An order that is the sum of its events: each of them, and what the order was after it. While an older moment is shown
/// the order stands as it was then, and what was still to come is faint.
extension DataPage {
  /// The event after which the order is shown.
  struct AsOf: Sendable {
    var version: Int64
    var time: Int64
    /// Whether all that is shown is of that moment, and what is shown goes on from there.
    var isTravelled: Bool
  }

  /// The stored event under the cursor.
  func step(_ context: PageContext) -> OrderFacts.Step? {
    guard focus == .events, let steps = order(context)?.history else { return nil }
    return cursor(.events).index(in: keys(.events, context)).map { steps[$0] }
  }

  /// Shows the order as it was after the event under the cursor, and all else as it was at that moment where that is
  /// kept. The same again leaves it.
  mutating func toggleAsOf(_ context: PageContext) -> [Action] {
    guard let step = step(context) else { return [.say("nothing here is a stored event")] }
    if let shown = asOf(context), shown.version == step.version {
      asOf = nil
      return shown.isTravelled ? [.goLive] : []
    }
    let isKept = step.time >= context.timeline.keptSince
    asOf = AsOf(version: step.version, time: step.time, isTravelled: isKept)
    if isKept { return [.travel(to: step.time)] }
    return [
      .say("only the order is shown as of then: states are kept since \(context.clock(context.timeline.keptSince))")
    ]
  }

  /// The event that was chosen, until time has gone on from it.
  private func asOf(_ context: PageContext) -> AsOf? {
    asOf.flatMap { $0.isTravelled && !(context.isFrozen && context.moment == $0.time) ? nil : $0 }
  }

  /// The moment as of which the order is shown; nil: as of now.
  private func moment(_ context: PageContext) -> Int64? {
    asOf(context)?.time ?? (context.isFrozen ? context.moment ?? context.snapshot.time : nil)
  }

  /// Of events at one moment only those up to the chosen one have happened.
  private func isToCome(_ step: OrderFacts.Step, _ context: PageContext) -> Bool {
    if let asOf = asOf(context) { return step.version > asOf.version }
    return moment(context).map { step.time > $0 } ?? false
  }

  /// What the order was at the moment that is shown.
  func asOf(_ steps: [OrderFacts.Step], _ context: PageContext) -> [Run] {
    let time = moment(context).map { "as of \(context.clock($0, .milliseconds))  " } ?? "now  "
    guard let last = steps.last(where: { !isToCome($0, context) }) else {
      return [.muted(time), .faint("not created yet")]
    }
    let waits: [Run] = last.step.isEmpty || last.step == "done" ? [] : [.muted(", waits for \(visible(last.step))")]
    return [.muted(time), Run(visible(last.state), .strong)] + waits
  }

  func stepContent(_ steps: [OrderFacts.Step], _ context: PageContext) -> Content {
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
      let isToCome = isToCome(step, context)
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

import Drawing
import Operations
import TraceModel
import Widgets

extension Why {
  init(_ saga: SagaSnapshot, _ context: PageContext) {
    let definition = context.snapshot.sagas.definitions.first { $0.name == saga.definition }
    let name = visible(definition?.title ?? saga.definition)
    let title = saga.mark.long + [Run("  " + saga.gtxid.short, .accent), Run("  " + name, .strong)]
    self.init(title: title, rule: Self.rule(saga), place: .saga(saga.gtxid))
    facts.append([Run("steps  ", .label)] + saga.stripRuns)
    if !saga.reason.isEmpty { add("because", visible(saga.reason), saga.state == .stuck ? .failing : .text) }
    if !saga.unpublished.isEmpty {
      add(
        "stands still", "no \(visible(saga.unpublished)) was published: whoever would act knows nothing of it",
        .degraded)
    } else if !saga.waitsFor.isEmpty {
      add("waits for", visible(saga.waitsFor))
    }
    add("in this state", Figures.duration(max(0, context.since(saga.since))).text)
    if saga.isOverdue { add("overdue", Self.overdue, .degraded) }
    if !saga.locks.isEmpty { add("locks", visible(saga.locks.joined(separator: ", "))) }
    if saga.stash > 0 { add("stash", "\(saga.stash) messages of others wait for what it holds", .degraded) }
    if saga.isInferred {
      facts.append([.muted("Nobody coordinates it: this was concluded from its order and its events.")])
    }
  }

  private static func rule(_ saga: SagaSnapshot) -> String {
    switch saga.state {
    case .stuck where !saga.isInferred:
      "STUCK: an undo that is refused stops a saga at once; one that is not answered is sent again 5 times; after the"
        + " pivot a step is tried until its attempts are used up. Then somebody has to help: r, p or e."
    case .running where saga.isInferred: "RUNNING: each service acts on the event of the one before."
    case .running: "RUNNING: steps run in order, the next one when the one before is answered."
    default: Self.rule(saga.state)
    }
  }
}

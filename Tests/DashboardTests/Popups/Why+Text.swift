import Drawing
import Operations

@testable import Dashboard

extension Why {
  /// All that is said of a subject, a line each, with single blanks; nil when it is gone.
  static func text(_ subject: Subject, _ snapshot: SystemSnapshot) -> String? {
    var stage = PageStage(DataPage(), snapshot)
    stage.context.snapshot = snapshot
    return Why(subject, stage.context).map { why in
      let facts = why.facts.map { $0.map(\.text).joined() }
      return ([why.title.map(\.text).joined(), why.rule] + facts).joined(separator: "\n")
        .split(separator: " ").joined(separator: " ")
    }
  }
}

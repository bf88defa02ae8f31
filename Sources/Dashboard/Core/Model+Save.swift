import Operations
import TraceModel

extension Model {
  /// Saves the spans of all transactions that the list's filter lets through, without one of those that it shows, and
  /// on other pages of the one that it is about.
  mutating func saveSpans(as name: String?) -> [Effect] {
    let time = context.clock(context.snapshot.time).filter { $0 != ":" }
    if page == .transactions {
      // What matches is found while it is written: the list may still be looking for it.
      if let question = pages.transactions.shownQuestion(context) {
        return save(as: name, "transactions-at-\(time)") { .saveMatching(question, name: $0) }
      }
      let ids = pages.transactions.shownTransactions
      guard !ids.isEmpty else { return saying("no transaction is listed: there is nothing to save", isProblem: true) }
      let stem = ids.count == 1 ? "transaction-\(ids[0].hex)" : "transactions-\(ids.count)-at-\(time)"
      return save(as: name, stem) { .saveSpans(of: ids, name: $0) }
    }
    switch pages[page].subject(context) {
    case .transaction(let id), .span(let id, _), .saga(let id):
      return save(as: name, "transaction-\(id.hex)") { .saveSpans(of: [id], name: $0) }
    default: return saying("no transaction is here; 5 lists them, and there :save otlp saves them", isProblem: true)
    }
  }

  private mutating func save(as name: String?, _ stem: String, _ effect: (FileName) -> Effect) -> [Effect] {
    perform([.effect(effect(FileName(name, else: stem + ".otlp.jsonl")))])
  }
}

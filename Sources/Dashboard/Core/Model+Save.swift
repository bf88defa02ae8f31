import Operations
import TraceModel

extension Model {
  /// Saves the spans of all transactions that the list's filter lets through, without one of those that it shows, and on
  /// other pages of the one that it is about.
  mutating func saveSpans(as name: String?) -> [Effect] {
    var ids: [GTXID] = []
    if page == .transactions {
      ids = pages.transactions.shownTransactions
      guard !ids.isEmpty else { return saying("no transaction is listed: there is nothing to save", isProblem: true) }
    } else {
      switch pages[page].subject(context) {
      case .transaction(let id), .span(let id, _), .saga(let id): ids = [id]
      default: return saying("no transaction is here; 5 lists them, and there :save otlp saves them", isProblem: true)
      }
    }
    let time = context.clock(context.snapshot.time).filter { $0 != ":" }
    if page == .transactions, let question = pages.transactions.shownQuestion(context) {
      let name = name ?? "transactions-at-\(time).otlp.jsonl"
      return perform([.effect(.saveMatching(question, name: name))])
    }
    let stem = ids.count == 1 ? "transaction-\(ids[0].hex)" : "transactions-\(ids.count)-at-\(time)"
    return perform([.effect(.saveSpans(of: ids, name: name ?? stem + ".otlp.jsonl"))])
  }
}

import Operations
import TraceModel

extension Model {
  /// Saves the spans of the transactions that the page shows, or of the one that it is about.
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
    let stem = ids.count == 1 ? "transaction-\(ids[0].hex)" : "transactions-\(ids.count)-at-\(time)"
    let areAll = page != .transactions || !pages.transactions.hasMoreThanShown
    return perform([.effect(.saveSpans(of: ids, name: name ?? stem + ".otlp.jsonl", areAll: areAll))])
  }
}

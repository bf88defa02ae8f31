import Drawing
import Operations
import Widgets

/// A page as the second line names it.
struct Tab: Sendable, Hashable {
  let digit: Character
  let name: String
  /// Where the line is narrow.
  let short: String
  let page: PageID

  static let all: [Tab] = [
    Tab(digit: "1", name: "Overview", short: "Over", page: .overview),
    Tab(digit: "2", name: "Services", short: "Svc", page: .services),
    Tab(digit: "3", name: "Breakers", short: "Brk", page: .breakers),
    Tab(digit: "4", name: "Topics", short: "Topic", page: .topics),
    Tab(digit: "5", name: "Transactions", short: "Tx", page: .transactions),
    Tab(digit: "6", name: "Sagas", short: "Saga", page: .sagas),
    Tab(digit: "7", name: "Map", short: "Map", page: .map),
    Tab(digit: "8", name: "Data", short: "Data", page: .data),
    Tab(digit: "9", name: "Platform", short: "Plat", page: .platform),
    Tab(digit: "0", name: "Faults", short: "Fault", page: .faults),
  ]
}

extension SystemSnapshot {
  /// The colour of the worst that a page has to show; nil when nothing there needs anybody.
  func alarm(of page: PageID) -> Ink? {
    switch page {
    case .overview, .map, .log, .records: return nil
    case .services:
      let worst = services.map(\.health).max() ?? .up
      return worst.isBad ? worst.mark.ink : nil
    case .breakers:
      let worst = breakers.map(\.state).min { $0.urgency < $1.urgency }
      return worst.flatMap { $0 == .open || $0 == .forcedOpen || $0 == .halfOpen ? $0.mark.ink : nil }
    case .topics:
      if isBusDown { return Mark.busDown.ink }
      let worst = topics.compactMap(\.verdict).max() ?? .ok
      return worst == .ok ? nil : worst.mark.ink
    case .transactions:
      if attention.contains(where: { $0.state == .stuck || $0.state == .failed || $0.state == .error }) {
        return .failing
      }
      return attention.isEmpty ? nil : .degraded
    case .sagas: return sagas.definitions.contains { $0.stuck > 0 } ? .failing : nil
    case .platform:
      if isBusDown { return Mark.busDown.ink }
      let worst = gateways.map(\.health).max() ?? .up
      if worst.isBad { return worst.mark.ink }
      let isTroubled = !deploymentsGoneBack.isEmpty || registry?.isSelfPreserving ?? false
      return isTroubled ? .degraded : nil
    case .data:
      let worst = data.stores.compactMap { StoreRow($0, in: self).problem }
      let isWrong = (data.reconciliation?.count ?? 0) > 0
      return isWrong || worst.contains(.failing) ? .failing : worst.first
    case .faults: return faults.armed.contains(where: \.isOn) ? .fault : nil
    }
  }
}

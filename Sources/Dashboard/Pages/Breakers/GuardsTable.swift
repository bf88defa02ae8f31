import Drawing
import Operations
import Widgets

/// What else stands between a caller and the one called: retry, time limiter, bulkhead, rate limiter, by edge.
struct GuardsTable {
  struct Edge {
    var caller: String
    var call: CallSnapshot
    var key: String { "\(caller)>\(call.callee)" }
  }

  let edges: [Edge]

  init(_ snapshot: SystemSnapshot, words: [Substring] = []) {
    edges = snapshot.services.flatMap { service in service.calls.map { Edge(caller: service.name, call: $0) } }
      .filter { edge in words.allSatisfy { edge.key.lowercased().contains($0) } }
  }

  var keys: [String] { unique(edges.map(\.key)) }

  func view(selected: Int?, hovered: Int?, offset: Int, isFocused: Bool) -> TableView {
    let longest = edges.map { $0.caller.cellWidth + $0.call.callee.cellWidth + 3 }.max() ?? 15
    func column(_ heading: String, _ minimum: Int, _ priority: Int, gap: Int = 2) -> TableColumn {
      TableColumn(heading, .fit(minimum: minimum), align: .right, priority: priority, gap: gap)
    }
    let columns = [
      TableColumn("caller → called", .share(minimum: min(max(longest, 15), 26), maximum: max(longest, 15))),
      column("retry", 5, 0), column("retried", 7, 5), column("gave up", 7, 1),
      column("time-out", 8, 2), column("cut off", 7, 3),
      column("bulkhead", 8, 4), column("waiting", 7, 8), column("refused", 7, 6),
      column("limit", 5, 7), column("over it", 7, 9),
    ]
    return TableView(
      columns: columns, rowCount: edges.count, selected: selected, hovered: hovered, offset: offset,
      isFocused: isFocused, empty: [.muted("No guarded call is known.")]
    ) { cells(edges[$0]) }
  }

  private func cells(_ edge: Edge) -> [TableCell] {
    let call = edge.call
    func count(_ value: UInt64, known: Bool = true, bad: Bool = false) -> TableCell {
      guard known else { return .unknown }
      return .figure(Figures.count(Int(clamping: value)), value == 0 ? .faint : bad ? .degraded : .text)
    }
    let retries = call.retryAttempts > 1
    return [
      .text("\(edge.caller) → \(edge.call.callee)"),
      retries ? .figure(Figure("\(call.retryAttempts)×")) : .unknown,
      count(call.retried, known: retries), count(call.gaveUp, known: retries, bad: true),
      call.timeLimit.map { .figure(Figures.duration($0), .muted) } ?? .unknown,
      count(call.cutOff, known: call.timeLimit != nil, bad: true),
      ServiceRow.use(call.bulkhead),
      count(UInt64(max(0, call.bulkhead?.waiting ?? 0)), known: call.bulkhead != nil, bad: true),
      count(call.bulkheadRefused, known: call.bulkhead != nil, bad: true),
      call.rateLimit.map { .figure(Figures.count($0), .muted) } ?? .unknown,
      count(call.rateRefused, known: call.rateLimit != nil, bad: true),
    ]
  }
}

import Drawing
import Operations
import TraceModel
import Widgets

/// What comes into a store and what leaves it: the topics that its service reads and writes, whom it calls, the servers
/// that refuse it a connection, and its newest error.
struct StoreFacts {
  let service: ServiceSnapshot
  let context: PageContext

  private static let indent = 9
  private static let mostLines = 2

  func lines(width: Int) -> [[Run]] {
    var lines: [[Run]] = []
    func add(_ name: String, _ facts: [[Run]]) {
      for (index, line) in FactFlow.lines(facts, width: max(8, width - Self.indent)).prefix(Self.mostLines).enumerated()
      {
        let label = index == 0 ? name : ""
        lines.append([Run(label + String(repeating: " ", count: Self.indent - label.cellWidth), .label)] + line)
      }
    }
    add("reads", service.consumes.map(read))
    add("writes", service.publishes.map(written))
    add("calls", service.calls.map(called))
    add("refused", refusals)
    if let error = service.latestErrors.first {
      let time = context.clock(error.time, .tenths)
      add(
        "error",
        [[.faint(time), Run("  "), Run(error.gtxid.short, .accent), Run("  \(visible(error.message))", .text)]])
    }
    return lines
  }

  private func read(_ consumption: ConsumptionSnapshot) -> [Run] {
    let mark = consumption.verdict?.mark ?? .lagNone
    let isBad = consumption.verdict.map { $0 != .ok } ?? false
    let lag = consumption.lag.map { Figures.count(Int(clamping: $0)).text } ?? "–"
    return [
      Run(mark.glyph + " ", mark.ink, bold: true), Run(visible(consumption.topic), isBad ? .strong : .text),
      .muted(" lag "), Run(lag, isBad ? mark.ink : (consumption.lag ?? 0) == 0 ? .faint : .text, bold: isBad),
    ]
  }

  private var refusals: [[Run]] {
    let names = service.instances.map(\.name)
    return context.snapshot.databaseServers.compactMap { server in
      let rate = server.pools.filter { names.contains($0.name) }.reduce(0) { $0 + $1.refusalRate }
      guard rate > 0 else { return nil }
      return [
        Run(Figures.rate(rate).text, .failing, bold: true), .muted(" by database server "), Run(visible(server.name)),
        .muted(", "), Run(Figures.fraction(server.open, of: server.maximum).text, .failing), .muted(" open"),
      ]
    }
  }

  private func written(_ publication: PublicationSnapshot) -> [Run] {
    let rate = Run(" " + Figures.rate(publication.rate).text, publication.rate == 0 ? .faint : .muted)
    return [Run(Glyphs.event + " ", .event), Run(visible(publication.topic)), rate]
  }

  private func called(_ call: CallSnapshot) -> [Run] {
    let state = call.breakerState.map { [Run($0.mark.glyph + " ", $0.mark.ink, bold: true)] } ?? []
    return state + [
      Run(visible(call.callee)), Run(" " + Figures.rate(call.rate).text, call.rate == 0 ? .faint : .muted),
    ]
  }
}

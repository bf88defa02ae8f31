import Drawing
import Operations
import TraceCollector
import Widgets

extension PlatformBoard {
  /// What came in by each protocol, what became of it, and what is held.
  static func collector(_ context: PageContext) -> PlatformBoard {
    let program = context.snapshot.program
    guard program.store.budget > 0 || !program.receivers.isEmpty else { return PlatformBoard() }
    var board = PlatformBoard(columns: [[receivers(program.receivers, context.snapshot.system)]])
    board.head = head(program)
    if program.receivers.contains(where: { !$0.rejections.isEmpty }) {
      board.columns[0].append(rejections(program.receivers))
    }
    return board
  }

  private static func head(_ program: ProgramSnapshot) -> PlatformHead {
    let store = program.store
    let share = store.budget > 0 ? Double(store.bytes) / Double(store.budget) : 0
    let full: [Run] = [
      Run(Figures.size(bytes: store.bytes).text, .strong, bold: true), .muted(" of "),
      Run(Figures.size(bytes: store.budget).text), .muted("  \(Figures.percent(share).text)"),
    ]
    let each =
      store.spans > 0 ? [PlatformHead.fact("a span", Figures.size(bytes: store.bytes / store.spans).text, .text)] : []
    return PlatformHead(
      title: "span store", figures: full,
      facts: [
        count(store.spans, "spans held", .strong), count(store.traces, "transactions", .strong),
      ] + each + [
        count(store.received, "received"), count(store.accepted, "accepted"), count(store.duplicates, "duplicates"),
        count(store.orphans, "without their parent"), count(store.evictedSpans, "evicted"),
        count(store.evictedTraces, "transactions evicted"), count(store.late, "too late", .degraded),
        count(store.overflowed, "over a transaction's limit", .degraded),
        count(store.unnamed, "calls without own figures", .degraded),
        count(store.unlinked, "calls left out of the map", .degraded),
      ] + kept(beside: program))
  }

  private static func count(_ count: Int, _ name: String, _ ink: Ink = .text) -> [Run] {
    PlatformHead.fact(name, Figures.count(count).text, count == 0 ? .faint : ink)
  }

  /// Metrics and log lines, which have budgets of their own.
  private static func kept(beside program: ProgramSnapshot) -> [[Run]] {
    var facts: [[Run]] = []
    if let metrics = program.metrics {
      facts.append(count(metrics.series, "metric series"))
      if metrics.evictedSeries > 0 { facts.append(count(metrics.evictedSeries, "series forgotten")) }
      if metrics.late > 0 { facts.append(count(metrics.late, "points too late", .degraded)) }
    }
    if let log = program.log {
      facts.append(count(log.lines, "log lines kept"))
      if log.forgotten > 0 { facts.append(count(log.forgotten, "lines forgotten")) }
    }
    return facts
  }

  /// What nothing is listened for with: one that shows what a file holds takes nothing in.
  private static func absence(_ system: SystemIdentity) -> String {
    system.isStill && system.isOnlyWatched
      ? "Nothing is listened for: what is shown came from files."
      : "Nothing is listened for: --otlp and --zipkin take spans from outside."
  }

  private static func receivers(_ receivers: [ReceiverSnapshot], _ system: SystemIdentity) -> PlatformTable {
    let columns = [
      name("receiver", of: receivers),
      TableColumn("requests", .fit(minimum: 8), align: .right, priority: 2),
      TableColumn("spans", .fit(minimum: 6), align: .right),
      TableColumn("log lines", .fit(minimum: 9), align: .right, priority: 4),
      TableColumn("points", .fit(minimum: 6), align: .right, priority: 5),
      TableColumn("bytes", .fit(minimum: 7), align: .right, priority: 3),
      TableColumn("busy for", .fit(minimum: 8), align: .right, priority: 3),
      TableColumn("left out", .fit(minimum: 8), align: .right, priority: 1),
      TableColumn("refused", .fit(minimum: 7), align: .right),
    ]
    let rows = receivers.map { receiver in
      PlatformRow(receiver.name) {
        [
          .text(visible(receiver.name), .strong), number(receiver.requests, .text), number(receiver.spans, .strong),
          number(receiver.logs, .text), number(receiver.metrics, .text),
          .figure(Figures.size(bytes: Int(clamping: receiver.bytes)), receiver.bytes == 0 ? .faint : .text),
          .figure(Figures.duration(Int64(clamping: receiver.ingestTime)), receiver.ingestTime == 0 ? .faint : .text),
          number(receiver.leftOut, .degraded), number(receiver.rejected, .degraded),
        ]
      }
    }
    return PlatformTable(
      panel: .receivers, title: "receivers", columns: columns, rows: rows,
      empty: absence(system))
  }

  /// A receiver's name has its address at its end: it stays whole.
  private static func name(_ heading: String, of receivers: [ReceiverSnapshot]) -> TableColumn {
    let longest = max(16, receivers.map { visible($0.name).cellWidth }.max() ?? 16)
    return TableColumn(heading, .share(minimum: min(longest, 34), maximum: min(longest, 34)))
  }

  private static func rejections(_ receivers: [ReceiverSnapshot]) -> PlatformTable {
    let columns = [
      TableColumn("why requests were refused", .share(minimum: 20, maximum: 34)),
      name("by", of: receivers), TableColumn("requests", .fit(minimum: 8), align: .right),
    ]
    let rows = receivers.flatMap { receiver in
      receiver.rejections.map { rejection in
        PlatformRow("\(receiver.name) \(rejection.reason)") {
          [
            .text(rejection.reason, .text), .text(visible(receiver.name), .muted),
            number(rejection.requests, .degraded),
          ]
        }
      }
    }
    return PlatformTable(panel: .rejections, title: "refused", columns: columns, rows: rows, empty: "")
  }

  private static func number(_ count: UInt64, _ ink: Ink) -> TableCell {
    .figure(Figures.count(Int(clamping: count)), count == 0 ? .faint : ink)
  }
}

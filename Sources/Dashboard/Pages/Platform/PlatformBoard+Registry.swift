import Drawing
import Operations
import Widgets

extension PlatformBoard {
  /// Who is listed, and how sure that is.
  static func registry(_ context: PageContext) -> PlatformBoard {
    let snapshot = context.snapshot
    let isDown = snapshot.registry == nil && snapshot.service("registry") != nil
    guard snapshot.registry != nil || isDown else { return PlatformBoard() }
    var board = PlatformBoard(columns: [[leases(RegistryRow.all(snapshot), context)]])
    board.alarm = alarm(snapshot, isShort: context.size.columns < 110)
    board.head = snapshot.registry.map(head)
    return board
  }

  private static func alarm(_ snapshot: SystemSnapshot, isShort: Bool) -> [Run]? {
    guard let registry = snapshot.registry else {
      return [
        Run("THE REGISTRY IS DOWN", .failing, bold: true), Run("  callers go on with the list that each has kept"),
      ]
    }
    guard registry.isSelfPreserving else { return nil }
    if isShort {
      return [
        Run("SELF-PRESERVATION", .failing, bold: true),
        Run("  \(Figures.count(registry.renewalsLastMinute).text) renewals in a minute, threshold "),
        Run(Figures.count(registry.renewalsThreshold).text, .strong, bold: true), Run(": nobody is evicted"),
      ]
    }
    return [
      Run("SELF-PRESERVATION", .failing, bold: true),
      Run("  \(Figures.count(registry.renewalsLastMinute).text) renewals in a minute, at most the threshold of "),
      Run(Figures.count(registry.renewalsThreshold).text, .strong, bold: true),
      Run(": it blames the network, and evicts nobody"),
    ]
  }

  private static func head(_ registry: RegistrySnapshot) -> PlatformHead {
    let ink: Ink = registry.isSelfPreserving ? .failing : .strong
    // Before its first full minute there is nothing to count.
    let isYoung = registry.renewalsLastMinute == 0 && !registry.isSelfPreserving
    let renewals =
      (isYoung
        ? [.faint("–"), .muted(" renewals/min")]
        : PlatformHead.fact("renewals/min", Figures.count(registry.renewalsLastMinute).text, ink))
      + [.muted(", threshold "), Run(Figures.count(registry.renewalsThreshold).text)]
    func quiet(_ count: Int, _ name: String, _ ink: Ink = .text) -> [Run] {
      PlatformHead.fact(name, Figures.count(count).text, count == 0 ? .faint : ink)
    }
    let state: [Run] =
      registry.isSelfPreserving
      ? Mark.degraded.short + [Run(" it evicts nobody", .degraded)]
      : Mark.healthy.short + [.muted(" it evicts who is late")]
    return PlatformHead(
      title: "registry", figures: state,
      facts: [
        renewals, quiet(registry.leases.count, "listed", .strong), quiet(registry.evicted, "evicted", .degraded),
        quiet(registry.registrations, "registrations"), quiet(registry.unknownRenewals, "told to register again"),
        quiet(registry.staleCaches, "callers with an old list", .degraded),
        [.muted("list version "), Run(Figures.count(Int(clamping: registry.version)).text)],
        registry.rule.isEmpty ? [] : [.muted("balanced by "), Run(visible(registry.rule))],
      ].filter { !$0.isEmpty })
  }

  private static func leases(_ rows: [RegistryRow], _ context: PageContext) -> PlatformTable {
    let longest = rows.map(\.id.cellWidth).max() ?? 8
    let wrong = rows.count { $0.urgency == 2 }
    let figures: [Run] =
      context.snapshot.registry == nil
      ? [.muted("nobody is listed anywhere")]
      : wrong == 0
        ? [.muted("registry and reality agree")]
        : [Run("\(Count.of(wrong, "instance")) not as listed", .failing, bold: true)]
    return PlatformTable(
      panel: .leases, title: "leases", figures: figures,
      columns: RegistryRow.columns(longest: max(longest, 8), isWide: context.size.columns >= 110),
      rows: rows.map { row in
        PlatformRow(row.id, .lease(service: row.service, id: row.id), opens: .service(row.service)) { row.cells }
      }, empty: "Nobody is listed.")
  }
}

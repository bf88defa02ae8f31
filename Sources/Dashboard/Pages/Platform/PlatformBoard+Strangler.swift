import Drawing
import Operations
import TraceModel
import Widgets

extension PlatformBoard {
  /// How far each capability has moved from the legacy system to the new services, and whether both know the same.
  static func strangler(_ context: PageContext) -> PlatformBoard {
    guard let strangler = context.snapshot.strangler else { return PlatformBoard() }
    var board = PlatformBoard(columns: [[sliders(strangler), lags(strangler, context)]])
    board.head = head(strangler, context)
    return board
  }

  private static func head(_ strangler: StranglerSnapshot, _ context: PageContext) -> PlatformHead {
    let told = strangler.capabilities.map { Int(clamping: $0.toldByLegacy) }.saturatingSum
    let handedBack = strangler.capabilities.map { Int(clamping: $0.handedBack) }.saturatingSum
    var facts: [[Run]] = [
      PlatformHead.fact("handed back", Figures.count(handedBack).text),
      PlatformHead.fact("told by it", Figures.count(told).text),
      PlatformHead.fact(
        "oversold by it", Figures.count(Int(clamping: strangler.oversold)).text,
        strangler.oversold == 0 ? .faint : .degraded),
    ]
    facts += strangler.capabilities.compactMap { capability in
      capability.difference.map { difference in
        let age = Figures.age(context.since(difference.time)).text
        return [.muted("\(visible(capability.name)) differed \(age) ago  "), Run(visible(difference.words), .degraded)]
      }
    }
    return PlatformHead(
      title: "strangler", figures: [.muted("beside "), Run(visible(strangler.legacy), .strong, bold: true)],
      facts: facts)
  }

  // MARK: - The sliders

  private static func sliders(_ strangler: StranglerSnapshot) -> PlatformTable {
    let columns = [
      TableColumn("capability", .fit(minimum: 10)), TableColumn("has moved", .share(minimum: 10, maximum: 24)),
      TableColumn("share", .fit(minimum: 5), align: .right),
      TableColumn("new service", .share(minimum: 8, maximum: 14), priority: 2, gap: 3),
      TableColumn("served", .fit(minimum: 7), align: .right, priority: 1),
      TableColumn("by legacy", .fit(minimum: 9), align: .right, priority: 1),
      TableColumn("handed back", .fit(minimum: 11), align: .right, priority: 3),
      TableColumn("taken in", .fit(minimum: 8), align: .right, priority: 3),
      TableColumn("by", .fit(minimum: 7), priority: 5, gap: 3),
      TableColumn("differ", .fit(minimum: 6), align: .right),
    ]
    let rows = strangler.capabilities.map { capability in
      PlatformRow(capability.name, .slider(capability.name), opens: .service(capability.service)) {
        cells(capability)
      }
    }
    return PlatformTable(
      panel: .sliders, title: "sliders",
      figures: [Run("+ −", .accent, bold: true), .muted(" move by \(SliderStep.percent) %")], columns: columns,
      rows: rows, empty: "Nothing is to be moved.")
  }

  private static func cells(_ capability: StranglerSnapshot.Capability) -> [TableCell] {
    func count(_ number: UInt64, _ ink: Ink = .text) -> TableCell {
      .figure(Figures.count(Int(clamping: number)), number == 0 ? .faint : ink)
    }
    let share = Double(capability.share) / 100
    return [
      .text(visible(capability.name), .strong, bold: true), .meter(share, ink: .accent),
      .figure(Figures.percent(share, isWhole: true), .accent, bold: true), .text(visible(capability.service)),
      count(capability.servedByNew), count(capability.servedByLegacy), count(capability.handedBack),
      count(capability.takenIn, capability.isBehind ? .degraded : .text),
      .text(capability.usesMessages ? "message" : "table", .muted), count(capability.differing, .degraded),
    ]
  }

  // MARK: - What waits

  private static func lags(_ strangler: StranglerSnapshot, _ context: PageContext) -> PlatformTable {
    let columns = [
      TableColumn("reads it", .share(minimum: 12, maximum: 20)), TableColumn("learns from", .fit(minimum: 16)),
      TableColumn("lag", .fit(minimum: 7), align: .right), TableColumn("oldest", .fit(minimum: 7), align: .right),
    ]
    let rows = strangler.lags.map { lag in
      PlatformRow(
        lag.group, .group(topic: strangler.topic, name: lag.group), opens: .topics(selected: strangler.topic)
      ) {
        let waits = (lag.records ?? 0) > 0
        return [
          .text(visible(lag.group)), .text(lag.group == strangler.legacy ? "the new services" : "the legacy", .muted),
          lag.records.map { .figure(Figures.count(Int(clamping: $0)), waits ? .degraded : .faint, bold: waits) }
            ?? .text("–", .faint),
          lag.oldest.flatMap { waits ? .figure(Figures.age(context.since($0)), .degraded) : nil } ?? .text("–", .faint),
        ]
      }
    }
    return PlatformTable(
      panel: .legacyLags, title: visible(strangler.topic), columns: columns, rows: rows, empty: "Nobody reads it.")
  }
}

/// How far one key moves a slider.
enum SliderStep {
  static let percent = 5

  /// The command that moves the slider of a capability; nil at its end.
  static func command(_ capability: StranglerSnapshot.Capability, up: Bool) -> Command? {
    let now = min(100, max(0, capability.share))
    let share = min(100, max(0, now + (up ? percent : -percent)))
    return share == now ? nil : .configure(key: capability.key, value: "\(share)")
  }

  /// What is said of one that is at its end.
  static func end(_ capability: StranglerSnapshot.Capability, up: Bool) -> String {
    "\(visible(capability.name)) has \(up ? "moved altogether" : "not moved at all")"
  }
}

import Drawing
import Operations
import TraceModel
import Widgets

extension ServicePanelView {
  /// Columns and rows of a panel that is a table.
  struct Table {
    var columns: [TableColumn]
    var rows: [[TableCell]]
  }

  var instancesTable: Table {
    let names = service.instances.map { $0.port > 0 ? "\($0.name):\($0.port)" : $0.name }
    let longest = names.map(\.cellWidth).max() ?? 8
    let hasMemory = service.instances.contains { $0.memory != nil }
    var columns = [
      TableColumn("instance", .share(minimum: min(longest, 22) + 2, maximum: longest + 2)),
      TableColumn("since", .fit(minimum: 5), align: .right, priority: 3),
      TableColumn("req/s", .fit(minimum: 5), align: .right, priority: 2),
      TableColumn("busy", .fit(minimum: 5), align: .right, priority: 1),
      TableColumn("p99", .fit(minimum: 7), align: .right, gap: 1),
      TableColumn("restarts", .fit(minimum: 8), align: .right, priority: isDetailed ? 4 : 6),
      TableColumn("version", .fit(minimum: 7), priority: 5),
      TableColumn("why", .share(minimum: 20), priority: 7),
    ]
    if hasMemory { columns.insert(TableColumn("memory", .fit(minimum: 6), align: .right, priority: 5), at: 5) }
    let rows = zip(service.instances, names).map { instance, name in
      let mark = instance.health.mark
      let isBad = instance.health.isBad
      let shown = Run("\(mark.glyph) ", mark.ink, bold: true)
      let label = Run(name, isBad ? .strong : .text)
      let since = max(0, context.since(instance.since))
      var cells: [TableCell] = [
        .runs([shown, label]), isUntold ? .unknown : .figure(Figures.age(since), isBad ? mark.ink : .muted),
        instance.rate.map { .figure(Figures.rate($0, unit: ""), $0 == 0 ? .faint : .text) } ?? .unknown,
        ServiceRow.use(instance.workers), ServiceRow.latency(instance.p99, isTail: true),
        isUntold ? .unknown : .figure(Figures.count(instance.restarts), instance.restarts == 0 ? .faint : .text),
        .text(instance.version.isEmpty ? "–" : instance.version, .muted), .runs([.muted(visible(instance.reason))]),
      ]
      if hasMemory { cells.insert(Self.memory(instance), at: 5) }
      return cells
    }
    return Table(columns: columns, rows: rows)
  }

  /// Whether spans are all that is known.
  private var isUntold: Bool { context.snapshot.system.isOnlyWatched }

  /// What a process holds, and that there is little left until it is ended.
  private static func memory(_ instance: InstanceSnapshot) -> TableCell {
    guard let memory = instance.memory else { return .text("–", .faint) }
    let isMuch = instance.memoryLimit.map { memory > $0 / 5 * 4 } ?? false
    return .figure(Figures.size(bytes: Int(memory)), isMuch ? .degraded : .text)
  }

  var endpointsTable: Table {
    let longest = service.endpoints.map(\.operation.cellWidth).max() ?? 9
    let columns = [
      TableColumn("operation", .share(minimum: min(max(longest, 9), 18), maximum: max(longest, 9))),
      TableColumn("req/s", .fit(minimum: 5), align: .right, priority: 1),
      TableColumn("err", .fit(minimum: 7), align: .right, gap: 1),
      TableColumn("p50", .fit(minimum: 7), align: .right, priority: 4),
      TableColumn("p95", .fit(minimum: 7), align: .right, priority: 3),
      TableColumn("p99", .fit(minimum: 7), align: .right, priority: 2),
      TableColumn("total", .fit(minimum: 6), align: .right, priority: 5),
    ]
    let rows = service.endpoints.map { endpoint in
      [
        .text(endpoint.operation, endpoint.rate == 0 ? .muted : .text),
        .figure(Figures.rate(endpoint.rate, unit: ""), endpoint.rate == 0 ? .faint : .text),
        // Of no calls there is no share.
        endpoint.rate == 0 && endpoint.errorShare == 0 ? .unknown : ServiceRow.errors(endpoint.errorShare),
        ServiceRow.latency(endpoint.p50, isTail: false),
        ServiceRow.latency(endpoint.p95, isTail: false), ServiceRow.latency(endpoint.p99, isTail: true),
        .figure(Figures.count(Int(clamping: endpoint.total)), .muted),
      ] as [TableCell]
    }
    return Table(columns: columns, rows: rows)
  }

  /// A call out: the breaker and whom it guards, what for, the other guards, and what the messages come to.
  func lines(of call: CallSnapshot) -> [Entry.Line] {
    var first: [Run] = []
    if let state = call.breakerState {
      first = (state == .closed ? state.mark.quiet : state.mark.long) + [Run("  ")]
    }
    let isBad = call.breakerState.map { $0 == .open || $0 == .forcedOpen } ?? false
    first.append(Run(call.callee, isBad ? .strong : .text, bold: isBad))
    let share = call.failureRate.map { $0 / 100 } ?? call.errorShare
    let errors = Run(Figures.percent(share).text, Severity.errors.ink(share), bold: Severity.errors.isBad(share))
    let rate = [Run(Figures.rate(call.rate).text, call.rate == 0 ? .faint : .muted), Run("   ")]
    var lines = [Entry.Line(first, right: [errors], note: rate)]
    let clauses = visible(call.purpose).split(separator: ";")
    if let clause = clauses.first {
      lines.append(
        Entry.Line([Run("  "), .muted(String(clause))], more: clauses.dropFirst().map { [.muted(";\($0)")] }))
    }
    let guards = guards(of: call)
    if let p99 = call.p99 {
      let place = call.isMessage ? "read" : "answered"
      let answer = call.answerP99.map { ", \(Figures.duration($0).text) where it is \(place)" } ?? ""
      let what = call.isDatabase ? "a database, " : call.isMessage ? "messages, " : ""
      lines.append(
        Entry.Line(
          [Run("  "), .muted("\(what)p99 \(Figures.duration(p99).text)\(answer)")], more: Self.failures(of: call)))
    }
    if let first = guards.first {
      lines.append(Entry.Line([Run("  "), .muted(first)], more: guards.dropFirst().map { [.muted(" · \($0)")] }))
    }
    let forms = call.formGroups
    if let sent = forms.first {
      lines.append(Entry.Line([Run("  ")] + sent, more: forms.dropFirst().map { [.muted(" · ")] + $0 }))
    }
    return lines
  }

  /// What the other end says of failures, where that is not what the caller says.
  private static func failures(of call: CallSnapshot) -> [[Run]] {
    guard let share = call.answerErrorShare, share != call.errorShare else { return [] }
    return [[.muted(", "), Run(Figures.percent(share).text, Severity.errors.ink(share)), .muted(" fail there")]]
  }

  /// None where spans are all that is known: what guards a call is nothing that they tell.
  private func guards(of call: CallSnapshot) -> [String] {
    if isUntold { return [] }
    func hurt(_ count: UInt64, _ word: String) -> String {
      isDetailed && count > 0 ? " (\(Figures.count(Int(clamping: count)).text) \(word))" : ""
    }
    var words: [String] = []
    if call.breakerState == nil { words.append("no breaker") }
    words.append(call.retryAttempts > 1 ? "retry \(call.retryAttempts)\(hurt(call.gaveUp, "gave up"))" : "no retry")
    if let limit = call.timeLimit {
      words.append("time-out \(Figures.duration(limit).text)\(hurt(call.cutOff, "cut off"))")
    }
    if let bulkhead = call.bulkhead {
      words.append("bulkhead \(bulkhead.size)\(hurt(call.bulkheadRefused, "refused"))")
    }
    if let limit = call.rateLimit { words.append("limit \(limit)\(hurt(call.rateRefused, "refused"))") }
    return words
  }

  /// A topic that is read: how far behind, and by whom.
  func lines(of consumption: ConsumptionSnapshot) -> [Entry.Line] {
    let isBad = consumption.verdict.map { $0 != .ok } ?? false
    var first = [Run(consumption.topic, isBad ? .strong : .text)]
    if consumption.group != consumption.topic { first.append(.muted("  as \(visible(consumption.group))")) }
    let lag = consumption.lag.map { Figures.count(Int($0)).text } ?? Figure.unknown.text
    let ink: Ink = isBad ? consumption.verdict?.mark.ink ?? .degraded : (consumption.lag ?? 0) == 0 ? .faint : .text
    let members = "\(consumption.members) \(consumption.members == 1 ? "member" : "members")"
    let state = consumption.state.isEmpty ? members : "\(consumption.state.lowercased()) · \(members)"
    var more: [[Run]] = []
    if let verdict = consumption.verdict {
      more.append([.muted(" · ")] + (verdict == .ok ? verdict.mark.quiet : verdict.mark.long))
    }
    if let empty = empty(consumption) { more.append([.muted("  \(empty)")]) }
    return [
      Entry.Line(first, right: [Run(lag, ink, bold: isBad)]),
      Entry.Line([Run("  "), .muted(visible(state))], more: more),
    ]
  }

  private func empty(_ consumption: ConsumptionSnapshot) -> String? {
    if case .growing = consumption.trend { return "never empty at this rate" }
    let group = context.snapshot.topic(consumption.topic)?.groups.first { $0.name == consumption.group }
    guard let time = group?.emptyIn, time > 0 else { return nil }
    return "empty in \(Figures.duration(time).text)"
  }

  func line(of error: ServiceErrorLine) -> Entry.Line {
    Entry.Line([
      .faint(context.clock(error.time, .tenths)), Run("  "), Run(error.gtxid.short, .accent), Run("  "),
      Run("✗ ", .failing, bold: true), Run(visible(error.message)),
    ])
  }

  func line(of line: LogLine) -> Entry.Line {
    let ink: Ink = line.level == .error ? .failing : line.level == .warn ? .degraded : .muted
    let level = line.level.rawValue.uppercased()
    let pad = String(repeating: " ", count: max(1, 6 - level.cellWidth))
    let id = line.gtxid.map { [Run($0.short, .accent), Run("  ")] } ?? []
    return Entry.Line(
      [
        .faint(context.clock(line.time, .milliseconds)), Run("  "), Run(level + pad, ink, bold: line.level == .error),
        .muted(visible(line.instance) + "  "),
      ] + id + [Run(visible(line.message))])
  }
}

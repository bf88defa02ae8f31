import Drawing
import Operations
import Widgets

extension PlatformBoard {
  /// What is on its way to another version or size, or what came of it; and each instance of the one under the cursor.
  static func deployments(_ context: PageContext, selected cursor: RowCursor) -> PlatformBoard {
    let all = context.snapshot.deployments.enumerated().sorted { one, other in
      let (left, right) = (one.element.ended == nil, other.element.ended == nil)
      if left != right { return left }
      let began = (one.element.began, other.element.began)
      return began.0 != began.1 ? began.0 > began.1 : one.offset < other.offset
    }.map(\.element)
    let running = running(context)
    guard !all.isEmpty || !running.rows.isEmpty else { return PlatformBoard() }
    let table = table(all, context)
    var tables = [table]
    if let index = cursor.index(in: table.keys) { tables.append(members(of: all[index], context)) }
    return PlatformBoard(columns: [tables, [running]])
  }

  /// What runs now.
  private static func running(_ context: PageContext) -> PlatformTable {
    let services = context.snapshot.services.filter { !$0.isOutside && !$0.instances.isEmpty }
      .sorted { $0.name < $1.name }
    let longest = services.map(\.name.cellWidth).max() ?? 8
    let columns = [
      TableColumn("service", .share(minimum: min(max(longest, 8), 21) + 2, maximum: max(longest, 8) + 2)),
      TableColumn("up", .fit(minimum: 4), align: .right),
      TableColumn("versions", .share(minimum: 8, maximum: 20), gap: 3),
      TableColumn("youngest", .fit(minimum: 8), align: .right, priority: 1),
      TableColumn("restarts", .fit(minimum: 8), align: .right, priority: 2),
      TableColumn("team", .share(minimum: 6, maximum: 14), priority: 3, gap: 3),
    ]
    let rows = services.map { service in
      PlatformRow(service.name, .service(service.name), opens: .service(service.name)) {
        let isMissing = service.lacksInstances
        let isDraining = service.instances.contains { $0.health == .outOfService }
        let mark = service.instancesUp == 0 ? Mark.failing : isMissing ? .degraded : isDraining ? .draining : .healthy
        let versions = unique(service.instances.map(\.version), service.version)
        let youngest = service.instances.map { context.since($0.since) }.min() ?? 0
        return [
          .runs([Run(mark.glyph + " ", mark.ink, bold: true), Run(visible(service.name), isMissing ? .strong : .text)]),
          .figure(
            Figures.fraction(service.instancesUp, of: service.instancesAll), isMissing ? .degraded : .muted,
            bold: isMissing),
          .text(versions.joined(separator: ", "), versions.count > 1 ? .accent : .text),
          .figure(Figures.age(max(0, youngest)), .muted),
          .figure(Figures.count(service.restarts), service.restarts == 0 ? .faint : .text),
          .text(service.team.isEmpty ? "–" : service.team, .muted),
        ]
      }
    }
    return PlatformTable(
      panel: .running, title: "what runs", figures: [Run(":scale", .accent, bold: true), .muted(" order 4")],
      columns: columns, rows: rows, empty: "No instance is known.")
  }

  /// Each once, in their order; the service's own where the instances tell none.
  private static func unique(_ versions: [String], _ own: String) -> [String] {
    var seen: Set<String> = []
    let told = versions.filter { !$0.isEmpty && seen.insert($0).inserted }
    return told.isEmpty ? [own.isEmpty ? "–" : own] : told.sorted()
  }

  private static func table(_ all: [DeploymentSnapshot], _ context: PageContext) -> PlatformTable {
    let longest = all.map(\.service.cellWidth).max() ?? 8
    let columns = [
      TableColumn("state", .fit(minimum: 11)),
      TableColumn("service", .share(minimum: min(max(longest, 8), 14), maximum: max(longest, 8))),
      TableColumn("to", .fit(minimum: 5)),
      TableColumn("share", .fit(minimum: 5), align: .right, priority: 4),
      TableColumn("new err", .fit(minimum: 7), align: .right, priority: 1),
      TableColumn("old err", .fit(minimum: 7), align: .right, priority: 2),
      TableColumn("fewest up", .fit(minimum: 9), align: .right, priority: 5),
      TableColumn("took", .fit(minimum: 6), align: .right, priority: 3),
      TableColumn("why", .share(minimum: 20), priority: 6),
    ]
    let rows = all.map { deployment in
      PlatformRow(deployment.service, .deployment(deployment.service), opens: .service(deployment.service)) {
        cells(deployment, context)
      }
    }
    let running = all.count { $0.ended == nil }
    return PlatformTable(
      panel: .deployments, title: "deployments",
      figures: running == 0 ? [.muted("none under way")] : [Run("\(running) under way", .accent, bold: true)],
      columns: columns, rows: rows, empty: PlatformTab.deployments.absence)
  }

  private static func cells(_ deployment: DeploymentSnapshot, _ context: PageContext) -> [TableCell] {
    let isCanary = deployment.canaryShare != nil
    let took = deployment.ended.map { context.since(deployment.began) &- context.since($0) }
    return [
      .runs(state(deployment)), .text(deployment.service, .strong, bold: deployment.ended == nil),
      .text(deployment.target.map { Count.of($0, "instance") } ?? deployment.version),
      deployment.canaryShare.map { .figure(Figures.percent($0, isWhole: true), .accent) } ?? .text("–", .faint),
      isCanary ? errors(deployment.canaryErrors, of: deployment.canaryCalls) : .text("–", .faint),
      isCanary ? errors(deployment.otherErrors, of: deployment.otherCalls) : .text("–", .faint),
      .figure(Figures.count(deployment.fewestServing), deployment.fewestServing == 0 ? .failing : .text),
      .figure(Figures.age(took ?? context.since(deployment.began)), .muted),
      .runs([Run(visible(deployment.reason), .degraded)]),
    ]
  }

  static func state(_ deployment: DeploymentSnapshot) -> [Run] {
    let word = deployment.phase
    switch word {
    case "completed", "scaled": return [Run(Mark.committed.glyph + " ", .healthy, bold: true), .muted(word)]
    case "rolled back", "rolling back":
      return [Run("\(Mark.compensated.glyph) \(visible(word))", .compensation, bold: true)]
    default: return [Run("\(Mark.running.glyph) \(visible(word))", .accent, bold: true)]
    }
  }

  /// A share of few calls says little, and how few it says.
  private static func errors(_ count: Int, of calls: Int) -> TableCell {
    guard calls >= 10 else { return .figure(Figures.fraction(max(0, calls), of: 10), .faint) }
    return ServiceRow.errors(Double(count) / Double(calls))
  }

  private static func members(of deployment: DeploymentSnapshot, _ context: PageContext) -> PlatformTable {
    let columns = [
      TableColumn("instance", .share(minimum: 12, maximum: 26)), TableColumn("version", .fit(minimum: 7)),
      TableColumn("calls", .fit(minimum: 11)), TableColumn("err", .fit(minimum: 5), align: .right, priority: 1),
      TableColumn("step", .share(minimum: 12), gap: 3),
    ]
    let instances = context.snapshot.service(deployment.service)?.instances ?? []
    let rows = deployment.members.map { member in
      PlatformRow(
        member.instance, .instance(service: deployment.service, name: member.instance),
        opens: .service(deployment.service)
      ) {
        let isNew = !deployment.version.isEmpty && member.version == deployment.version
        let instance = instances.first { $0.name == member.instance }
        let share = instance.flatMap { ($0.rate ?? 0) > 0 ? $0.errorShare : nil }
        return [
          .text(member.instance), .text(member.version, isNew ? .strong : .muted, bold: isNew),
          .runs(calls(member, errorShare: share, isUnwell: instance?.health == .down)),
          share.map(ServiceRow.errors) ?? .text("–", .faint),
          .runs([Run(visible(words(member.step)), .accent)]),
        ]
      }
    }
    return PlatformTable(
      panel: .members, title: "\(visible(deployment.service)): instance by instance",
      figures: commands(for: deployment), columns: columns, rows: rows, empty: "No instance of it is known.")
  }

  /// Whether calls are led to an instance, and whether it answers them.
  /// - Parameters:
  ///   - errorShare: of its calls of the last ten seconds, 0…1; nil where none came.
  ///   - isUnwell: whether its checks of health fail.
  private static func calls(
    _ member: DeploymentSnapshot.Member, errorShare: Double?, isUnwell: Bool
  ) -> [Run] {
    guard member.takesCalls else { return [Run("\(Mark.draining.glyph) none", .text, bold: true)] }
    let share = errorShare ?? 0
    if share >= 0.995 { return [Run("\(Mark.failing.glyph) fails all", Mark.failing.ink, bold: true)] }
    let mark = isUnwell ? Mark.failing : Severity.errors.isBad(share) ? .degraded : .healthy
    return [Run(mark.glyph + " ", mark.ink, bold: true), .muted("takes calls")]
  }

  /// What can be said of it now: a canary is promoted, what has not gone back goes back, and a size is changed again.
  private static func commands(for deployment: DeploymentSnapshot) -> [Run] {
    let service = visible(deployment.service)
    func hint(_ command: String, _ rest: String) -> [Run] {
      [Run(":\(command)", .accent, bold: true), .muted(" \(service) \(rest)")]
    }
    // Of a size another one is asked for, as the panel beside has it.
    if deployment.target != nil { return [] }
    switch deployment.phase {
    case "canary": return hint("deploy", "promote, or back")
    case "rolling", "completed": return hint("deploy", "back")
    default: return []
    }
  }

  private static func words(_ step: String?) -> String {
    switch step {
    case nil: ""
    case "drain": "draining: ends the calls that it has"
    case "deregister": "leaving the registry"
    case "replace": "being replaced by the new version"
    case "register": "entering the registry"
    case "awaitHealth": "waiting until it is healthy"
    case let step?: step
    }
  }
}

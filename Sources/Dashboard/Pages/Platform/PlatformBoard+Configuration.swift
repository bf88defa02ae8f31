import Drawing
import Operations
import Widgets

extension PlatformBoard {
  /// What is published, and which instance runs which version of it.
  /// - Parameter words: the settings that have all of them are listed.
  static func configuration(_ context: PageContext, words: String = "") -> PlatformBoard {
    guard let configuration = context.snapshot.configuration else { return PlatformBoard() }
    var board = PlatformBoard(
      columns: [[versions(configuration, context.snapshot)], [settings(configuration, words: words)]], wideFrom: 110)
    board.head = head(configuration, context)
    return board
  }

  private static func head(_ configuration: ConfigurationSnapshot, _ context: PageContext) -> PlatformHead {
    let isBehind = configuration.upToDate < configuration.instances
    let age = Figures.age(context.since(configuration.published)).text
    var facts: [[Run]] = [
      [
        Run(
          Figures.fraction(configuration.upToDate, of: configuration.instances).text, isBehind ? .degraded : .strong,
          bold: isBehind), .muted(" instances run it"),
      ],
      [.muted("pushed "), Run(age), .muted(" ago")]
        + (configuration.author.isEmpty ? [] : [.muted(" by "), Run(visible(configuration.author))]),
    ]
    if let back = configuration.rolledBackTo {
      facts.append([Run("rolled back", .degraded), .muted(" to the values of version \(back)")])
    }
    if configuration.oldestKept < configuration.version {
      facts.append([.muted("back to "), Run("\(configuration.oldestKept)"), .muted(" or later")])
    }
    facts += configuration.changes.map { [.muted("changed "), Run(visible($0), .strong)] }
    return PlatformHead(
      title: "configuration", figures: [.muted("version "), Run("\(configuration.version)", .strong, bold: true)],
      facts: facts)
  }

  // MARK: - Which instance runs which

  private static func versions(_ configuration: ConfigurationSnapshot, _ snapshot: SystemSnapshot) -> PlatformTable {
    let services = snapshot.services.filter { !$0.isOutside && !$0.instances.isEmpty }
    func behind(_ service: ServiceSnapshot) -> Int {
      service.instances.count { $0.health != .down && $0.configurationVersion != configuration.version }
    }
    let sorted = services.map { (service: $0, behind: behind($0)) }.sorted { one, other in
      one.behind != other.behind ? one.behind > other.behind : one.service.name < other.service.name
    }
    let longest = services.map(\.name.cellWidth).max() ?? 8
    let columns = [
      TableColumn("service", .share(minimum: min(max(longest, 8), 21) + 2, maximum: max(longest, 8) + 2)),
      TableColumn("run it", .fit(minimum: 6), align: .right),
      TableColumn("instance and version", .share(minimum: 20), gap: 3),
    ]
    let rows = sorted.map { service, behind in
      PlatformRow(service.name, .configuration(of: service.name), opens: .service(service.name)) {
        let up = service.instances.count { $0.health != .down && $0.configurationVersion == configuration.version }
        let mark = behind > 0 ? Mark.degraded : .healthy
        return [
          .runs([Run(mark.glyph + " ", mark.ink, bold: true), Run(visible(service.name), behind > 0 ? .strong : .text)]
          ),
          .figure(Figures.fraction(up, of: service.instances.count), behind > 0 ? .degraded : .muted),
          .runs(service.instances.flatMap { version(of: $0, in: service, newest: configuration.version) }),
        ]
      }
    }
    let late = sorted.map(\.behind).saturatingSum
    return PlatformTable(
      panel: .versions, title: "who runs which version",
      figures: late > 0 ? [Run("\(late) behind", .degraded, bold: true)] : [.muted("all the newest")], columns: columns,
      rows: rows, empty: "No instance is known.")
  }

  /// `-1 v3`: of `order-1`.
  private static func version(of instance: InstanceSnapshot, in service: ServiceSnapshot, newest: Int) -> [Run] {
    let isOwn = instance.name.hasPrefix(service.name) && instance.name.count > service.name.count
    let name = isOwn ? String(instance.name.dropFirst(service.name.count)) : instance.name
    let label = Run(visible(name) + " ", .muted)
    if instance.health == .down { return [label, Run("down   ", .failing)] }
    guard let version = instance.configurationVersion else { return [label, Run("none yet   ", .degraded)] }
    return [label, Run("v\(version)   ", version == newest ? .text : .degraded, bold: version != newest)]
  }

  /// The settings of one breaker stand below its name, which would leave them no room beside it.
  private static func settings(_ configuration: ConfigurationSnapshot, words: String) -> PlatformTable {
    let wanted = words.lowercased().split(separator: " ")
    let entries = configuration.entries.filter { entry in
      let text = "\(entry.key) \(entry.value)".lowercased()
      return wanted.allSatisfy { text.contains($0) }
    }
    let key = entries.map { max(visible(label($0)).cellWidth, visible($0.breaker).cellWidth, 8) }.max() ?? 8
    let value = entries.map { max(visible($0.value).cellWidth, 8) }.max() ?? 8
    let isChanged = !configuration.changes.isEmpty
    let columns =
      [
        TableColumn("key", .share(minimum: min(key, 30), maximum: key)),
        // What is cut says nothing: it gets its room before keys get all of theirs.
        TableColumn("value", .share(minimum: min(value, 12), maximum: max(value, 20))),
      ] + (isChanged ? [TableColumn("", .fit(minimum: 7), priority: 1)] : [])
    var rows: [PlatformRow] = []
    var breaker = ""
    for entry in entries {
      if entry.breaker != breaker, !entry.breaker.isEmpty {
        rows.append(PlatformRow(entry.breaker) { [.text(entry.breaker), .blank] + (isChanged ? [.blank] : []) })
      }
      breaker = entry.breaker
      rows.append(
        PlatformRow(entry.key, .setting(entry.key)) {
          let isNew = configuration.changes.contains { $0.hasPrefix(entry.key + " ") }
          let cells: [TableCell] = [
            .text(label(entry), isNew ? .strong : .text, bold: isNew), .text(entry.value, isNew ? .strong : .muted),
          ]
          return cells + (isChanged ? [.text(isNew ? "changed" : "", .accent)] : [])
        })
    }
    return PlatformTable(
      panel: .settings, title: "settings", words: words,
      figures: [Run(":set", .accent, bold: true), .muted(" KEY VALUE")], columns: columns, rows: rows,
      empty: "Nothing is set: every service has its defaults.", thing: "setting")
  }

  /// `  sliding-window-size`, below the breaker's name.
  private static func label(_ entry: ConfigurationSnapshot.Entry) -> String {
    (entry.breaker.isEmpty ? "" : "  ") + entry.ownName
  }
}

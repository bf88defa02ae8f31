import Drawing
import Operations
import TraceModel
import Widgets

extension DataPage {
  func draw(on canvas: inout Canvas, in area: Rect, _ context: PageContext) {
    let layout = layout(context, in: area)
    if let rect = layout.facts { drawFacts(on: &canvas, in: rect, context) }
    if let rect = layout.about { drawAbout(on: &canvas, in: rect, context) }
    if let rect = layout.fields { drawFields(on: &canvas, in: rect, context) }
    if let rect = layout.courses, let order = order(context) {
      CourseTable(courses: order.courses).draw(on: &canvas, in: rect)
    }
    for panel in DataPanel.allCases {
      guard let rect = layout.rect(panel) else { continue }
      let body = rect.split(top: 1).rest
      let range: [Run]
      if panel == .keys || panel == .flows {
        let list = lineList(panel, context, width: body.width)
        list.draw(on: &canvas, in: body)
        range = list.range(in: body)
      } else {
        let view = table(panel, context)
        view.draw(on: &canvas, in: body)
        range = view.range(in: body)
      }
      Rule(title(panel, context) + range, figures: figures(panel, context), isFocused: focus == panel)
        .draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
    }
  }

  private func title(_ panel: DataPanel, _ context: PageContext) -> [Run] {
    let words: String =
      switch panel {
      case .stores: "what services keep"
      case .keys: "key-value store"
      case .flows: "on its way"
      case .tables: "tables"
      case .outbox: (store(context)?.channel ?? .outbox).title
      case .changes: "its log: rows before → after, and the events made of them"
      case .events: order(context)?.history == nil ? "what was said of it" : "its stored events"
      }
    var title = [Run(words, focus == panel ? .strong : .title, bold: true)]
    if panel == .stores, !self.words.isEmpty { title.append(Run(" · \(visible(self.words))", .accent)) }
    return title
  }

  private func figures(_ panel: DataPanel, _ context: PageContext) -> [Run] {
    switch panel {
    case .stores:
      let stores = context.snapshot.data.stores
      guard !stores.isEmpty else { return [] }
      let bytes = stores.map(\.bytes).saturatingSum
      let waiting = context.snapshot.services.compactMap(\.outboxDepth).saturatingSum
      return [Run("\(Figures.count(waiting).text) to publish   ", waiting == 0 ? .faint : .muted)]
        + connections(context) + [
          Run("\(stores.count)", .strong), .muted(stores.count == 1 ? " store  " : " stores  "),
          Run(Figures.size(bytes: bytes).text, .strong),
        ]
    case .keys: return KeyValueLine.figures(context)
    case .flows:
      return slider(context) == nil
        ? [] : [Run("← →", .accent, bold: true), .muted(" move by \(SliderStep.percent) %")]
    case .tables:
      guard let tables = detail(context)?.tables else { return [] }
      return [Run(Figures.count(tables.map(\.rows).saturatingSum).text, .strong), .muted(" rows")]
    case .outbox:
      let isEmpty = detail(context)?.outbox?.isEmpty ?? true
      return isEmpty ? [] : [Run("↵", .accent, bold: true), .muted(" transaction")]
    case .changes:
      return change(context)?.gtxid == nil ? [] : [Run("↵", .accent, bold: true), .muted(" transaction")]
    case .events:
      return order(context)?.history.map { asOf($0, context) } ?? [Run("↵", .accent, bold: true), .muted(" call tree")]
    }
  }

  // MARK: - Lists

  /// The connections that are open at the servers that several share; where each has its own, those in use in all pools.
  /// Each is one run, which gives way whole.
  private func connections(_ context: PageContext) -> [Run] {
    let servers = context.snapshot.databaseServers
    guard servers.isEmpty else {
      return servers.map { server in
        let words = "\(visible(server.name)) \(Figures.fraction(server.open, of: server.maximum).text) open   "
        return Run(words, server.open >= server.maximum ? .failing : .muted)
      }
    }
    let pools = context.snapshot.services.compactMap(\.connections)
    guard !pools.isEmpty else { return [] }
    let (used, size) = (pools.map(\.used).saturatingSum, pools.map(\.size).saturatingSum)
    return [.muted("connections \(Figures.fraction(used, of: size).text)   ")]
  }

  func lineList(_ panel: DataPanel, _ context: PageContext, width: Int) -> EntryList {
    let keys = keys(panel, context)
    var list = EntryList(
      entries: zip(keys, lines(panel, context)).map { key, flow in
        var entry = flow.entry(width: width)
        entry.key = key
        return entry
      })
    (list.selected, list.offset) = (cursor(panel).index(in: keys), cursor(panel).offset)
    list.isFocused = focus == panel
    if hoveredPanel == panel { list.hovered = hover.index(in: keys, clock: context.clock) }
    return list
  }

  func table(_ panel: DataPanel, _ context: PageContext) -> TableView {
    let keys = keys(panel, context)
    let content = content(panel, context)
    return TableView(
      columns: content.columns, rowCount: content.count, selected: cursor(panel).index(in: keys),
      hovered: hoveredPanel == panel ? hover.index(in: keys, clock: context.clock) : nil,
      offset: cursor(panel).offset, isFocused: focus == panel, empty: [.muted(content.empty)], row: content.row)
  }

  struct Content {
    var columns: [TableColumn]
    var count: Int
    var empty: String
    var row: (Int) -> [TableCell]
  }

  private func content(_ panel: DataPanel, _ context: PageContext) -> Content {
    switch panel {
    case .stores, .keys, .flows: storeContent(context)
    case .tables: tableContent(context)
    case .outbox: outboxContent(context)
    case .changes: changeContent(context)
    case .events: eventContent(context)
    }
  }

  private func storeContent(_ context: PageContext) -> Content {
    let stores = stores(context)
    let longest = stores.map(\.service.cellWidth).max() ?? 8
    let empty =
      words.isEmpty
      ? context.absence(of: "what services keep", "No service is known to keep a database.")
      : "No store matches \(visible(words))."
    return Content(
      columns: StoreColumn.allCases.map { $0.tableColumn(longestName: longest) }, count: stores.count, empty: empty
    ) { index in
      let row = StoreRow(stores[index], in: context.snapshot)
      return StoreColumn.allCases.map(row.cell)
    }
  }

  private func tableContent(_ context: PageContext) -> Content {
    let tables = detail(context)?.tables
    let longest = tables?.map(\.name.cellWidth).max() ?? 8
    let columns = [
      TableColumn("table", .share(minimum: min(max(longest, 8), 16), maximum: max(longest, 8) + 4)),
      TableColumn("rows", .fit(minimum: 8), align: .right),
    ]
    return Content(columns: columns, count: tables?.count ?? 0, empty: tables == nil ? "reading…" : "It has no table.")
    {
      index in
      let table = (tables ?? [])[index]
      return [.text(table.name), .figure(Figures.count(table.rows), table.rows == 0 ? .faint : .text)]
    }
  }

  private func outboxContent(_ context: PageContext) -> Content {
    let waiting = detail(context)?.outbox
    let columns = [
      TableColumn("number", .fit(minimum: 6), align: .right, priority: 2),
      TableColumn("event", .share(minimum: 10, maximum: 22)),
      TableColumn("topic", .share(minimum: 8, maximum: 20), priority: 1),
      TableColumn("key", .share(minimum: 6, maximum: 12), priority: 3),
      TableColumn("waits", .fit(minimum: 7), align: .right), TableColumn("GTXID", .fixed(9), gap: 3),
    ]
    let empty = detail(context) == nil ? "reading…" : "Everything that was committed is published."
    return Content(columns: columns, count: waiting?.count ?? 0, empty: empty) { index in
      let event = (waiting ?? [])[index]
      let age = max(0, context.since(event.created))
      let ink: Ink = age >= StoreRow.badAfter ? .failing : age >= StoreRow.lateAfter ? .degraded : .text
      return [
        .figure(Figures.count(Int(event.number)), .muted), .text(event.type, .text), .text(event.topic, .muted),
        .text(event.key, .muted), .figure(Figures.duration(age), ink), .text(event.gtxid.short, .accent),
      ]
    }
  }

  private func eventContent(_ context: PageContext) -> Content {
    if let steps = order(context)?.history { return stepContent(steps, context) }
    let events = order(context)?.events ?? []
    let columns = [
      TableColumn("time", .fixed(12), priority: 1), TableColumn("hop", .fit(minimum: 3), align: .right, priority: 3),
      TableColumn("event", .share(minimum: 10, maximum: 24)), TableColumn("topic", .share(minimum: 8, maximum: 24)),
      TableColumn("part", .fit(minimum: 4), align: .right, priority: 5),
      TableColumn("offset", .fit(minimum: 7), align: .right, priority: 4),
      TableColumn("by", .share(minimum: 10, maximum: 24), priority: 2),
    ]
    return Content(columns: columns, count: events.count, empty: "None of its events is remembered.") { index in
      let event = events[index]
      return [
        .text(context.clock(event.time, .milliseconds), .faint), .text(event.hop?.description ?? "–", .muted),
        .text(event.type, .event), .text(event.topic, .text),
        event.partition.map { .figure(Figures.count(Int($0)), .muted) } ?? .unknown,
        event.offset.map { .figure(Figures.count(Int($0)), .muted) } ?? .unknown, .text(event.service, .muted),
      ]
    }
  }

  // MARK: - About one store, one order

  private func drawAbout(on canvas: inout Canvas, in rect: Rect, _ context: PageContext) {
    guard let facts = facts(context) else { return }
    Rule("\(visible(facts.service.name)): in and out").draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
    for (row, line) in facts.lines(width: rect.width).prefix(rect.height - 1).enumerated() {
      canvas.rich(line, x: rect.x, y: rect.y + 1 + row)
    }
  }

  private func drawFacts(on canvas: inout Canvas, in rect: Rect, _ context: PageContext) {
    guard case .store(let name) = shown else { return }
    let service = context.snapshot.service(name)
    let store = store(context)
    let figures =
      store.map { [Run(Figures.size(bytes: $0.bytes).text, .strong), .muted("  \(visible($0.kind))")] } ?? []
    Rule([Run("store of ", .title, bold: true), Run(visible(name), .strong, bold: true)], figures: figures)
      .draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
    guard rect.height > 1, let store else { return }
    var facts = FactLine()
    if let pool = service?.connections {
      let ink: Ink = pool.share >= 0.9 ? .failing : pool.share >= 0.7 ? .degraded : .text
      let sum = service?.poolSum ?? []
      facts.add([.muted("pool "), Run(Figures.fraction(pool.used, of: pool.size).text, ink)] + sum)
      facts.add([.muted("waiting "), Run("\(pool.waiting)", pool.waiting > 0 ? .degraded : .faint)], priority: 3)
    }
    if let rate = store.relayRate {
      let depth = [.muted("\((store.channel ?? .outbox).words) "), Run(Figures.count(service?.outboxDepth ?? 0).text)]
      facts.add(depth)
      if let age = service?.outboxAge, age > 0 {
        facts.add([.muted("oldest "), Run(Figures.duration(age).text)], priority: 2)
      }
      facts.add(
        [.muted("relay "), Run(visible(store.relay ?? "nobody"), store.relay == nil ? .degraded : .text)], priority: 1)
      facts.add([.muted("publishes "), Run(Figures.rate(rate).text)], priority: 2)
    } else {
      facts.add([.muted("no outbox: it publishes nothing")], priority: 1)
    }
    canvas.rich(facts.runs(in: rect.width), x: rect.x, y: rect.y + 1)
  }

  private func drawFields(on canvas: inout Canvas, in rect: Rect, _ context: PageContext) {
    guard case .order(let key) = shown else { return }
    guard let order = order(context) else {
      Rule([Run("order ", .title, bold: true), Run(visible(key), .strong, bold: true)])
        .draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
      var sentence = "reading…"
      if case .unknown(let why) = answer(context) { sentence = why }
      guard rect.height > 1 else { return }
      canvas.put(endEllipsis(sentence, rect.width), x: rect.x, y: rect.y + 1, .muted)
      return
    }
    let title = [
      Run("order \(order.name)  ", .strong, bold: true), Run(visible(order.state), .strong),
      .muted("  \(visible(order.saga))  "), Run(order.gtxid.short, .accent),
    ]
    let count = order.differences
    let figures: [Run] =
      count == 0
      ? [Run("✓ ", .healthy), .muted("all agree")]
      : [Run("✗ \(count == 1 ? "1 difference" : "\(count) differences")", .failing, bold: true)]
    Rule(endEllipsis(title, rect.width), figures: figures).draw(on: &canvas, x: rect.x, y: rect.y, width: rect.width)
    fieldTable(order).draw(on: &canvas, in: rect.split(top: 1).rest)
  }

  private func fieldTable(_ order: OrderFacts) -> TableView {
    let columns =
      [TableColumn("", .fit(minimum: 8))]
      + order.places.enumerated().map { index, place in
        TableColumn(place, .share(minimum: 11, maximum: 22), priority: index == 0 ? 0 : 10 + index)
      }
    return TableView(columns: columns, rowCount: order.fields.count, isFocused: false) { row in
      let field = order.fields[row]
      let cells = field.cells.map { cell -> TableCell in
        guard let cell else { return .runs([.faint("  –")]) }
        let text = visible(cell.text)
        return cell.differs ? .runs([Run("✗ \(text)", .failing, bold: true)]) : .runs([Run("  \(text)")])
      }
      return [.text(field.name, .label)] + cells
    }
  }
}

import Drawing
import Operations
import TraceCollector
import TraceModel
import Widgets

/// The menu that breaks a service on purpose: which way, how strongly, for whom and for how long, and what it touches.
struct FaultMenu: PopupContent {
  enum Field: Sendable, CaseIterable {
    case kind, scope, intensity, share, time
  }

  /// A kind as it stands in the menu.
  struct Entry: Sendable {
    let kind: FaultKind.Name
    /// Why it cannot be had here; nil when it can.
    let obstacle: String?
    /// What it does there.
    let explanation: String
  }

  private(set) var settings: FaultMenuSettings
  private(set) var field = Field.kind
  /// Those that can be had first.
  let entries: [Entry]
  let isOutside: Bool
  /// The fault that is changed; nil when a new one is set up.
  let replaced: Int?

  /// The menu on what is under the cursor, or the reason why there is none.
  static func open(for subject: Subject, _ context: PageContext, kind: FaultKind.Name? = nil) -> Action {
    if let refusal = context.refusalOfDeeds { return .say(refusal, isProblem: true) }
    let catalogue = context.snapshot.faults.catalogue
    guard let name = service(of: subject, context) else {
      return .say("put the cursor on a service, a breaker, a topic or a hop to break it")
    }
    guard let service = catalogue.services.first(where: { $0.name == name }) else {
      return .say("\(name) is not among the services that can be broken", isProblem: true)
    }
    return .show(Popup(FaultMenu(service, catalogue, subject: subject, kind: kind, context)))
  }

  private static func service(of subject: Subject, _ context: PageContext) -> String? {
    if let name = subject.service(context.snapshot) { return name }
    guard case .span(let gtxid, let span) = subject, let detail = context.transaction,
      detail.summary.gtxid.isSame(as: gtxid), let node = detail.tree.nodes.first(where: { $0.span.id == span })
    else { return nil }
    return node.span.service
  }

  private init(
    _ service: FaultCatalogue.Service, _ catalogue: FaultCatalogue, subject: Subject, kind: FaultKind.Name?,
    _ context: PageContext
  ) {
    let topic = Self.topic(of: subject, service, catalogue, context)
    let all = FaultKind.Name.allCases.map { kind in
      let target = FaultMenuSettings.target(of: kind, service: service.name, topic: topic)
      return Entry(
        kind: kind, obstacle: catalogue.obstacle(to: kind, on: target) ?? catalogue.distance(of: kind, from: service),
        explanation: catalogue.explanation(of: kind, on: target))
    }
    entries = all.filter { $0.obstacle == nil } + all.filter { $0.obstacle != nil }
    isOutside = service.isOutside
    settings = FaultMenuSettings(
      service: service.name, instances: service.instances, kind: entries.first?.kind ?? .latency)
    settings.topic = topic
    var replaced: Int?
    switch subject {
    case .instance(_, let instance), .sharedPool(_, let instance):
      let number = Int(instance.dropFirst(service.name.count + 1).prefix { $0.isNumber }) ?? 0
      if service.instances > 1, 1...service.instances ~= number { settings.instance = number }
    case .group: settings.kind = .slowConsumer
    case .fault(let id):
      if let fault = context.snapshot.faults.armed.first(where: { $0.id == id }) {
        settings.take(fault.spec)
        replaced = id
      }
    default: break
    }
    if let kind { settings.kind = kind }
    self.replaced = replaced
  }

  /// The topic under the cursor, or the first one that the service reads.
  private static func topic(
    of subject: Subject, _ service: FaultCatalogue.Service, _ catalogue: FaultCatalogue, _ context: PageContext
  ) -> String? {
    let read = context.snapshot.service(service.name)?.consumes.map(\.topic) ?? []
    let here: [String] =
      switch subject {
      case .topic(let name), .group(let name, _): [name]
      default: []
      }
    return (here + read).first { name in catalogue.topics.contains { $0.name == name } }
  }

  // MARK: Keys

  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action] {
    switch key.key {
    case .escape, .character("q"): return [.dismiss]
    case .enter: return arm()
    case .character("!"): return endAll(context)
    case .character("w"): return [.show(Popup(WhyPopup(.faultKind(settings.kind, on: settings.target))))]
    case .tab: step(field: 1)
    case .backTab: step(field: -1)
    case .down, .character("j"): if field == .kind { step(kind: 1) } else { step(field: 1, wraps: false) }
    case .up, .character("k"): if field == .kind { step(kind: -1) } else { step(field: -1, wraps: false) }
    case .right: change(by: 1)
    case .left: change(by: -1)
    case .home: settings.kind = entries.first?.kind ?? settings.kind
    default: break
    }
    return []
  }

  /// The fields that mean something for the kind.
  var fields: [Field] {
    Field.allCases.filter { field in
      switch field {
      case .kind, .time: true
      case .scope: settings.instances > 1 && !isOutside && settings.strikesInstances
      case .intensity: settings.takesIntensity
      case .share: settings.takesShare
      }
    }
  }

  private mutating func step(field step: Int, wraps: Bool = true) {
    let fields = fields
    let next = (fields.firstIndex(of: field) ?? 0) + step
    guard wraps || fields.indices.contains(next) else { return }
    field = fields[(next + fields.count) % fields.count]
  }

  private mutating func step(kind step: Int) {
    let place = (entries.firstIndex { $0.kind == settings.kind } ?? 0) + step
    settings.kind = entries[max(0, min(place, entries.count - 1))].kind
  }

  private mutating func change(by step: Int) {
    switch field {
    // On the kind itself the arrows do what is wanted next: make it stronger or weaker.
    case .kind, .intensity: settings.stepIntensity(by: step)
    case .scope: settings.stepInstance(by: step)
    case .share: settings.stepShare(by: step)
    case .time: settings.stepTime(by: step)
    }
  }

  var obstacle: String? { entries.first { $0.kind == settings.kind }?.obstacle }

  private func arm() -> [Action] {
    if let obstacle {
      return [.say("\(settings.kind.title) does not apply to \(settings.service): \(obstacle)", isProblem: true)]
    }
    let removal = replaced.map { [Action.effect(.perform(.removeFault(id: $0)))] } ?? []
    return [.dismiss] + removal + [.effect(.perform(.arm(settings.spec)))]
  }

  private func endAll(_ context: PageContext) -> [Action] {
    if context.snapshot.system.kind == .simulated { return [.dismiss, .effect(.perform(.endAllFaults))] }
    return [.dismiss, .show(Popup(Confirmation.endAllFaults(on: context.snapshot)))]
  }

  func layout(in screen: Rect) -> FaultMenuLayout {
    FaultMenuLayout(
      screen.size, kinds: entries.count, current: entries.firstIndex { $0.kind == settings.kind } ?? 0)
  }

  // MARK: The mouse

  mutating func point(_ event: MouseEvent, in screen: Rect, _ context: PageContext) -> [Action] {
    let layout = layout(in: screen)
    guard layout.frame.contains(x: event.column, y: event.row) else { return event.action == .press ? [.dismiss] : [] }
    switch event.action {
    case .wheelDown: step(kind: 1)
    case .wheelUp: step(kind: -1)
    case .press, .doubleClick:
      if event.row == layout.buttons, event.column < layout.content.x + FaultMenuLayout.buttonWidth { return arm() }
      if let kind = layout.kind(at: event.row) {
        (field, settings.kind) = (.kind, entries[kind].kind)
        return event.action == .doubleClick ? arm() : []
      }
      guard let hit = layout.field(at: event.row), fields.contains(hit) else { return [] }
      field = hit
      if hit == .intensity || hit == .share { slide(hit, to: layout.sliderPosition(of: event.column)) }
    case .move, .release: break
    }
    return []
  }

  private mutating func slide(_ field: Field, to position: Double) {
    guard (0...1).contains(position) else { return }
    guard field == .share else { return settings.slideIntensity(to: position) }
    let shares = FaultMenuSettings.shares
    settings.share = shares[Int((position * Double(shares.count - 1)).rounded())]
  }

  // MARK: The last line

  func breadcrumb(_ context: PageContext) -> [String] { ["fault"] }

  func hints(_ context: PageContext) -> [KeyHint] {
    [
      KeyHint("↑↓", field == .kind ? "kind" : "field"), KeyHint("←→", "change"), KeyHint(Glyphs.enter, "arm"),
      KeyHint("w", "what it does"), KeyHint("Esc", "close"), KeyHint("f", "the last one again"),
      KeyHint("!", "all off"),
    ]
  }
}

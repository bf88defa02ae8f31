import Drawing
import Operations
import Widgets

/// Page 0: what is broken on purpose, what else can be, and what that would touch.
struct FaultsPage: Page {
  enum Panel: Sendable {
    case armed, matrix, scenarios
  }

  /// The kinds in the order of their columns: those that strike a service. Topics and the bus are in the menu.
  static let kinds: [FaultKind.Name] = [
    .crash, .latency, .errors, .databaseDown, .outage, .slowConsumer, .pool, .partition, .leak, .skew,
    .loseBeforeOutbox, .dualWrite, .noIdempotency, .noBreaker, .innerJoin, .viewWithoutVersions, .noHandBack,
  ]

  private(set) var panel = Panel.matrix
  /// The service under the cursor, by name: services come and go.
  private(set) var service: String?
  private(set) var kind = FaultKind.Name.latency
  /// The armed fault under the cursor.
  private(set) var faultID: Int?
  private(set) var rows = LineCursor()
  private(set) var armedRows = LineCursor()
  private(set) var scenarioRows = LineCursor()

  init() {}

  var id: PageID { .faults }

  // MARK: What comes in

  mutating func refresh(_ context: PageContext) -> [Action] {
    settle(context)
    return []
  }

  /// Keeps both cursors on what they were on.
  private mutating func settle(_ context: PageContext) {
    let layout = layout(context)
    let services = services(context)
    let line = services.firstIndex { $0.name == service } ?? min(rows.line, services.count - 1)
    rows.move(to: line, count: services.count, height: layout.matrixRows)
    service = services.indices.contains(rows.line) ? services[rows.line].name : nil
    let armed = context.snapshot.faults.armed
    let fault = armed.firstIndex { $0.id == faultID } ?? min(armedRows.line, armed.count - 1)
    armedRows.move(to: fault, count: armed.count, height: layout.armedRows)
    faultID = armed.indices.contains(armedRows.line) ? armed[armedRows.line].id : nil
    let scenarios = context.snapshot.scenarios.entries.count
    scenarioRows.move(to: scenarioRows.line, count: scenarios, height: scenarioList(context))
    if panel == .armed && armed.isEmpty || panel == .scenarios && scenarios == 0 { panel = .matrix }
  }

  mutating func go(to destination: Destination, _ context: PageContext) -> [Action] {
    guard case .faults(let selected) = destination else { return [] }
    if let selected {
      if let id = Int(selected), context.snapshot.faults.armed.contains(where: { $0.id == id }) {
        (panel, faultID) = (.armed, id)
      } else {
        (panel, service) = (.matrix, selected)
      }
    }
    settle(context)
    return []
  }

  // MARK: What it is about

  /// Those first that something is armed on, then those that are unwell.
  func services(_ context: PageContext) -> [FaultCatalogue.Service] {
    let snapshot = context.snapshot
    let ranked = snapshot.faults.catalogue.services.map { service in
      let isArmed = snapshot.faults.armed(on: service.name).contains(where: \.isOn)
      return (service: service, rank: isArmed ? 0 : snapshot.service(service.name)?.health.isBad == true ? 1 : 2)
    }
    return (0...2).flatMap { rank in ranked.filter { $0.rank == rank }.map(\.service) }
  }

  func layout(_ context: PageContext) -> FaultsLayout {
    FaultsLayout(
      context.size, armed: context.snapshot.faults.armed.count, services: services(context).count,
      kinds: Self.kinds.count)
  }

  /// The faults of the kind under the cursor on the service under the cursor.
  func faultsHere(_ context: PageContext) -> [ArmedFault] {
    guard let service else { return [] }
    return context.snapshot.faults.armed(on: service).filter { $0.spec.kind.name == kind }
  }

  func obstacle(_ context: PageContext) -> String? {
    service.flatMap { context.snapshot.faults.catalogue.obstacle(to: kind, on: .service($0)) }
  }

  func subject(_ context: PageContext) -> Subject? {
    panel == .scenarios
      ? nil : panel == .armed ? faultID.map { .fault($0) } : service.map { .faultKind(kind, on: .service($0)) }
  }

  func breadcrumb(_ context: PageContext) -> [String] {
    if panel == .armed, let fault = context.snapshot.faults.armed.first(where: { $0.id == faultID }) {
      return ["faults", FaultText.name(of: fault.spec.target), fault.spec.kind.name.rawValue]
    }
    if panel == .scenarios { return ["faults", "scenarios"] + (scenario(context).map { [$0.name] } ?? []) }
    return ["faults"] + (service.map { [$0, kind.rawValue] } ?? [])
  }

  func hints(_ context: PageContext) -> [KeyHint] {
    if panel == .scenarios { return scenarioHints(context) }
    if context.snapshot.system.isOnlyWatched { return [] }
    let isArmed = panel == .armed || !faultsHere(context).isEmpty
    let isOn =
      panel == .armed
      ? context.snapshot.faults.armed.first { $0.id == faultID }?.isOn ?? false
      : faultsHere(context).contains(where: \.isOn)
    var hints = [KeyHint(Glyphs.enter, !isArmed ? "set up" : isOn ? "switch off" : "switch on", isDeed: true)]
    hints.append(isArmed ? KeyHint("x", "take off", isDeed: true) : KeyHint("a", "arm", isDeed: true))
    hints.append(KeyHint("w", "what it does"))
    if !context.snapshot.scenarios.entries.isEmpty { hints.append(KeyHint("s", "scenarios")) }
    if !context.snapshot.faults.armed.isEmpty {
      hints += [KeyHint("Tab", "panel"), KeyHint("!", "all off", isDeed: true)]
    }
    return hints
  }

  var help: [KeyHint] {
    [
      KeyHint("← → ↑ ↓", "choose what breaks, and how", isDeed: true),
      KeyHint("Enter", "sets up a fault; on an armed one switches it off and on, its settings kept", isDeed: true),
      KeyHint("a", "arms it with the usual settings, or takes it off", isDeed: true),
      KeyHint("x", "takes the fault off", isDeed: true),
      KeyHint("f", "opens the menu; f once more repeats the last fault here", isDeed: true),
      KeyHint(
        "w", "says what the one under the cursor does, how it is typed, and at which points a crash can strike",
        isDeed: true),
      KeyHint("s", "goes to the scenarios, and back; Enter plays the one under the cursor, and stops it", isDeed: true),
      KeyHint("Tab", "goes between what is armed, what can be, and the scenarios", isDeed: true),
      KeyHint("!", "ends every fault", isDeed: true),
    ]
  }

  // MARK: For its other files

  mutating func setPanel(_ panel: Panel) { self.panel = panel }
  mutating func setKind(_ kind: FaultKind.Name) { self.kind = kind }

  mutating func select(line: Int, in panel: Panel, _ context: PageContext) {
    let layout = layout(context)
    switch panel {
    case .matrix:
      rows.move(to: line, count: services(context).count, height: layout.matrixRows)
      service = services(context).indices.contains(rows.line) ? services(context)[rows.line].name : nil
    case .armed:
      let armed = context.snapshot.faults.armed
      armedRows.move(to: line, count: armed.count, height: layout.armedRows)
      faultID = armed.indices.contains(armedRows.line) ? armed[armedRows.line].id : nil
    case .scenarios:
      scenarioRows.move(
        to: line, count: context.snapshot.scenarios.entries.count, height: scenarioList(context))
    }
  }

  /// Moves as the keys do that move everywhere; false for any other.
  mutating func move(_ key: KeyPress, _ context: PageContext) -> Bool {
    let layout = layout(context)
    switch panel {
    case .matrix:
      guard rows.press(key, count: services(context).count, height: layout.matrixRows) else { return false }
      select(line: rows.line, in: .matrix, context)
    case .armed:
      let count = context.snapshot.faults.armed.count
      guard armedRows.press(key, count: count, height: layout.armedRows) else { return false }
      select(line: armedRows.line, in: .armed, context)
    case .scenarios:
      let count = context.snapshot.scenarios.entries.count
      return scenarioRows.press(key, count: count, height: scenarioList(context))
    }
    return true
  }
}

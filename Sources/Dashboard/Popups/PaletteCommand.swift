import Drawing
import Operations
import TraceModel
import Wording

/// What can be typed after `:`.
enum PaletteCommand: String, CaseIterable, Sendable {
  case overview, services, service, breakers, topics, tail, transactions, sagas, map, data, platform, faults, log,
    alerts
  case transaction = "tx"
  case order
  case at
  case save
  case fault, scenario, scale, deploy, set, strangle, rate, speed, rebuild, job, theme, refresh, help
  case quit = "q"

  /// What it is and what follows it, for the list of completions.
  var explanation: String {
    switch self {
    case .overview: "the whole system on a page"
    case .services, .breakers, .topics, .transactions, .sagas, .map, .faults: "page"
    case .platform: "[TAB]   gateway, registry, configuration, span store, …"
    case .data: "[SERVICE, order number or GTXID]   what services keep"
    case .service: "NAME   one service"
    case .tail: "TOPIC   its newest records; payment.DLT: its dead letters"
    case .log: "[SERVICE]   the log"
    case .alerts: "the rules that do not hold"
    case .transaction: "ID   one transaction, or how its id begins"
    case .order: "[SKU] [N] [saga=…]   sends an order and opens its call tree"
    case .at: "HH:MM:SS[.fff]   freezes, and shows that moment"
    case .save: "otlp [FILE]   this transaction's spans, or all the filter's, as OTLP JSON lines"
    case .scenario: "NAME, or stop   plays a script of faults"
    case .fault: "TARGET KIND[=HOW] [ttl=30s], or off"
    case .scale: "SERVICE N   instances"
    case .deploy: "SERVICE VERSION [canary=10%], or promote, or back"
    case .set: "KEY VALUE, or back VERSION   configuration"
    case .strangle: "CAPABILITY N   percent of the customers for the new service"
    case .rate: "N   transactions a second"
    case .speed: "0.1 … 100 or max   how fast time goes by"
    case .rebuild: "VIEW   builds it anew beside the one that serves"
    case .job: "[NAME]   the batch jobs, or runs one now"
    case .theme: "[NAME]   colours"
    case .refresh: "N   frames a second at most"
    case .help: "the keys"
    case .quit: "quit"
    }
  }

  /// Whether it does something to the system.
  var isDeed: Bool {
    switch self {
    case .order, .fault, .scenario, .scale, .deploy, .set, .strangle, .rate, .speed, .rebuild, .job: true
    default: false
    }
  }

  var takesArgument: Bool {
    switch self {
    case .service, .tail, .transaction, .at, .save, .fault, .scenario, .scale, .deploy, .set, .strangle, .rate, .speed,
      .rebuild,
      .refresh:
      true
    default: false
    }
  }
}

/// Why a line of the palette is not carried out, in a sentence that says what would be right.
struct PaletteProblem: Error, Equatable {
  let sentence: String
}

/// Reads and carries out a line of the palette.
struct PaletteReader {
  let context: PageContext
  let themes: [String]

  /// What the line asks for.
  func actions(_ line: String) throws(PaletteProblem) -> [Action] {
    let (word, argument) = Self.split(line)
    if word.isEmpty { return [] }
    guard let command = Self.command(word) else { throw Self.unknown(word) }
    if command.isDeed, context.snapshot.system.isOnlyWatched {
      throw PaletteProblem(sentence: "this is a real system, and msatop only watches it")
    }
    if command.takesArgument, argument.isEmpty {
      throw PaletteProblem(sentence: "\(command.rawValue) wants more: \(command.explanation)")
    }
    switch command {
    case .overview: return [.open(.overview)]
    case .services: return [.open(.services(selected: nil))]
    case .breakers: return [.open(.breakers(selected: nil))]
    case .topics: return [.open(.topics(selected: nil))]
    case .tail: return [.open(.records(RecordFilter(topic: try topic(argument))))]
    case .transactions: return [.open(.transactions(filter: argument.isEmpty ? nil : argument))]
    case .sagas: return [.open(.sagas)]
    case .map: return [.open(.map)]
    case .data: return [.open(data(argument))]
    case .platform: return [.open(.platform(try tab(argument)))]
    case .faults: return [.open(.faults(selected: nil))]
    case .service: return [.open(.service(try service(argument)))]
    case .log: return [.open(.log(LogFilter(service: argument.isEmpty ? nil : try service(argument))))]
    case .alerts: return [.show(Popup(AlertList()))]
    case .transaction: return transaction(argument)
    case .order: return [.order(try order(argument))]
    case .at: return [.travel(to: try moment(argument))]
    case .save: return [.saveSpans(name: try fileName(argument))]
    case .fault: return [.effect(.perform(try fault(argument)))]
    case .scenario: return [.effect(.perform(try scenario(argument)))]
    case .scale: return [.effect(.perform(try scaling(argument)))]
    case .deploy: return [.effect(.perform(try deployment(argument)))]
    case .set: return [.effect(.perform(try setting(argument)))]
    case .strangle: return [.effect(.perform(try share(argument)))]
    case .rate: return [.effect(.perform(.setRate(try rate(argument))))]
    case .speed: return [.effect(.perform(.setSpeed(try speed(argument))))]
    case .rebuild: return [.effect(.perform(.rebuild(view: try view(argument))))]
    case .job: return argument.isEmpty ? [.show(Popup(JobList()))] : [.effect(.perform(try job(argument)))]
    case .theme: return try theme(argument)
    case .refresh: return [.effect(.setRefresh(try refresh(argument)))]
    case .help: return [.showHelp]
    case .quit: return [.effect(.quit)]
    }
  }

  /// The command a word stands for: its name, another name, or the only command that begins so.
  static func command(_ word: String) -> PaletteCommand? {
    let word = word.lowercased()
    if let command = PaletteCommand(rawValue: word) { return command }
    if word == "quit" || word == "exit" { return .quit }
    let matches = PaletteCommand.allCases.filter { $0.rawValue.hasPrefix(word) }
    return matches.count == 1 ? matches[0] : nil
  }

  private static func unknown(_ word: String) -> PaletteProblem {
    let names = PaletteCommand.allCases.map(\.rawValue)
    let longer = names.filter { $0.hasPrefix(word.lowercased()) }
    if longer.count > 1 {
      return PaletteProblem(sentence: "\(quoted(word)) may be \(NearestNames.list(longer)); type one more letter")
    }
    let advice = NearestNames.offer(for: word, among: names, otherwise: "Tab shows what there is")
    return PaletteProblem(sentence: "unknown command \(quoted(word)); \(advice)")
  }

  static func split(_ line: String) -> (word: String, argument: String) {
    let trimmed = line.drop { $0 == " " || $0 == ":" }
    let parts = trimmed.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    var argument = parts.count > 1 ? String(parts[1]) : ""
    while argument.last == " " { argument.removeLast() }
    return (parts.first.map(String.init) ?? "", String(argument.drop { $0 == " " }))
  }

  func service(_ name: String) throws(PaletteProblem) -> String {
    try known("service", name, among: context.snapshot.services.map(\.name))
  }

  /// The name, where it is one of those that there are.
  func known(_ what: String, _ name: String, among names: [String]) throws(PaletteProblem) -> String {
    guard names.contains(name) else { throw PaletteProblem(sentence: NearestNames.unknown(what, name, among: names)) }
    return name
  }

  /// A service that keeps something, or an order.
  private func data(_ argument: String) -> Destination {
    if argument.isEmpty { return .data(selected: nil) }
    return context.snapshot.data.store(of: argument) == nil ? .order(argument) : .store(argument)
  }

  private func tab(_ name: String) throws(PaletteProblem) -> PlatformTab? {
    if name.isEmpty { return nil }
    let tabs = PlatformTab.allCases
    if let tab = tabs.first(where: { $0.title.hasPrefix(name) || $0.rawValue.hasPrefix(name) || $0.short == name }) {
      return tab
    }
    throw PaletteProblem(sentence: NearestNames.unknown("tab", name, among: tabs.map(\.title)))
  }

  private func topic(_ name: String) throws(PaletteProblem) -> String {
    let source = RecordFilter(topic: name).lettersOf ?? name
    _ = try known("topic", source, among: context.snapshot.topics.map(\.name))
    return name
  }

  private func transaction(_ text: String) -> [Action] {
    if text.utf8.count == 32, let id = GTXID(text.lowercased()) { return [.open(.transaction(id, span: nil))] }
    var popup = GoToTransaction(text)
    let asked = popup.ask()
    return [.show(Popup(popup))] + asked
  }

  /// What follows the format, which is the only one that there is; nil when nothing does.
  private func fileName(_ text: String) throws(PaletteProblem) -> String? {
    let (format, name) = Self.split(text)
    guard format == "otlp" else { throw PaletteProblem(sentence: "\(quoted(format)) is no format; say save otlp") }
    return name.isEmpty ? nil : name
  }

  private func fault(_ text: String) throws(PaletteProblem) -> Command {
    if text == "off" { return .endAllFaults }
    do {
      return .arm(try FaultParser(catalogue: context.snapshot.faults.catalogue).parse(text))
    } catch {
      throw PaletteProblem(sentence: error.description)
    }
  }

  private func scenario(_ name: String) throws(PaletteProblem) -> Command {
    if name == "stop" { return .stopScenario }
    return .startScenario(name: try known("scenario", name, among: context.snapshot.scenarios.entries.map(\.name)))
  }

  private func view(_ name: String) throws(PaletteProblem) -> String {
    try known("view", name, among: context.snapshot.views.map(\.name))
  }

  private func job(_ name: String) throws(PaletteProblem) -> Command {
    .runJob(name: try known("job", name, among: context.snapshot.jobs.map(\.name)))
  }

  private func rate(_ text: String) throws(PaletteProblem) -> Double {
    guard let rate = Double(text), (0...10_000).contains(rate) else {
      throw PaletteProblem(sentence: "\"\(text)\" is not a rate; say transactions a second, 0 to 10000")
    }
    return rate
  }

  private func speed(_ text: String) throws(PaletteProblem) -> Speed {
    guard let speed = Speed(text) else {
      throw PaletteProblem(sentence: "\"\(text)\" is not a speed; say 0.1 to 100, or max")
    }
    return speed
  }

  private func refresh(_ text: String) throws(PaletteProblem) -> Int {
    guard let rate = Int(text), (1...60).contains(rate) else {
      throw PaletteProblem(sentence: "\"\(text)\" is not a refresh rate; say frames a second, 1 to 60")
    }
    return rate
  }

  private func theme(_ name: String) throws(PaletteProblem) -> [Action] {
    if name.isEmpty { return [.chooseTheme] }
    return [.effect(.setTheme(try known("theme", name, among: themes)))]
  }
}

import Operations
import TraceModel
import Widgets
import Wording

/// One way to go on with a line of the palette.
struct PaletteCompletion: Sendable, Hashable {
  /// The whole line as it would be.
  let line: String
  /// What stands in the list: the word that is added.
  let word: String
  let explanation: String
}

extension PaletteCommand {
  /// Whether a word is as whoever types it wants it, so that what is offered there is an example of it: an id, a version, a
  /// value.
  /// - Parameter count: the command's words before that one.
  fileprivate func takesFreeText(after count: Int) -> Bool {
    switch self {
    case .transaction: true
    case .deploy: count == 1
    case .set, .strangle: count > 0
    default: false
    }
  }
}

extension PaletteReader {
  /// How the line can go on, most likely first; where nothing begins as what is typed, what it may have been meant as.
  func completions(_ line: String) -> [PaletteCompletion] {
    let text = String(line.drop { $0 == " " || $0 == ":" })
    guard let blank = text.firstIndex(of: " ") else { return commands(text.lowercased()) }
    guard let command = Self.command(String(text[..<blank])) else { return [] }
    let rest = text[text.index(after: blank)...]
    let last = rest.lastIndex(of: " ").map { rest.index(after: $0) } ?? rest.startIndex
    let (before, typed) = (String(text[..<last]), String(rest[last...]))
    let words = candidates(command, before: rest[..<last].split(separator: " ").map(String.init))
    let isClosed = !command.takesFreeText(after: before.split(separator: " ").count - 1)
    return Self.goingOn(typed, words, isClosed: isClosed).map {
      PaletteCompletion(line: before + $0.word, word: $0.word, explanation: $0.explanation)
    }
  }

  /// - Parameter isClosed: nothing but the words can stand there, so that anything else is a slip.
  private static func goingOn(
    _ typed: String, _ words: [(word: String, explanation: String)], isClosed: Bool
  ) -> [(word: String, explanation: String)] {
    let whole = words.filter { $0.word.hasPrefix(typed) }
    // A number that is not in the list is no slip.
    guard isClosed, whole.isEmpty, typed.contains(where: \.isLetter) else { return whole.filter { $0.word != typed } }
    return NearestNames.nearest(to: typed, among: words.map(\.word)).compactMap { name in
      words.first { $0.word == name }
    }
  }

  private func commands(_ typed: String) -> [PaletteCompletion] {
    let names = PaletteCommand.allCases
    let beginning = names.filter { $0.rawValue.hasPrefix(typed) }
    let near = NearestNames.nearest(to: typed, among: names.map(\.rawValue)).compactMap(PaletteCommand.init(rawValue:))
    let matches = beginning.isEmpty ? near : beginning
    // What is typed already almost whole comes first: `fault` before `faults`.
    let ordered = typed.isEmpty ? matches : matches.sorted { $0.rawValue.count < $1.rawValue.count }
    return ordered.map {
      PaletteCompletion(
        line: $0.rawValue + ($0.takesArgument ? " " : ""), word: $0.rawValue, explanation: $0.explanation)
    }
  }

  private func candidates(
    _ command: PaletteCommand, before: [String]
  ) -> [(word: String, explanation: String)] {
    switch command {
    case .service, .log: before.isEmpty ? context.snapshot.services.map { ($0.name, $0.health.mark.word) } : []
    case .scale, .deploy: before.isEmpty ? ownServices : command == .deploy ? deployWords(before) : []
    case .set: settingWords(before)
    case .strangle: strangleWords(before)
    case .tail: before.isEmpty ? topics : []
    case .platform: before.isEmpty ? PlatformTab.allCases.map { ($0.rawValue, $0.title) } : []
    case .data: before.isEmpty ? context.snapshot.data.stores.map { ($0.service, $0.kind) } : []
    case .theme: before.isEmpty ? themes.map { ($0, "") } : []
    case .speed: before.isEmpty ? ["0.1", "1", "10", "100", "max"].map { ($0, "") } : []
    case .rate: before.isEmpty ? ["10", "50", "200", "500"].map { ($0, "transactions a second") } : []
    case .refresh: before.isEmpty ? RefreshRate.steps.map { (String($0), "frames a second") } : []
    case .transaction:
      before.isEmpty
        ? context.snapshot.transactions.prefix(8).map { ($0.gtxid.hex, "\($0.kind) \($0.state.rawValue)") } : []
    case .order: orderWords(before)
    case .save: before.isEmpty ? [("otlp", "OpenTelemetry's JSON, a line for each transaction")] : []
    case .fault: faultWords(before)
    case .scenario:
      before.isEmpty
        ? context.snapshot.scenarios.entries.map { ($0.name, $0.title) } + [("stop", "ends the one that plays")] : []
    case .rebuild: before.isEmpty ? context.snapshot.views.map { ($0.name, "view of \($0.service)") } : []
    case .job: before.isEmpty ? context.snapshot.jobs.map { ($0.name, "job of \($0.service)") } : []
    default: []
    }
  }

  private var ownServices: [(word: String, explanation: String)] {
    context.snapshot.services.filter { !$0.isOutside }.map { ($0.name, "\($0.instancesAll) of \($0.version)") }
  }

  private func settingWords(_ before: [String]) -> [(word: String, explanation: String)] {
    let entries = context.snapshot.configuration?.entries ?? []
    switch before.count {
    case 0: return entries.map { ($0.key, $0.value + ($0.key.hasSuffix(".pool") ? " for each instance" : "")) }
    // What is changed a little need not be typed anew.
    case 1: return entries.filter { $0.key == before[0] }.map { ($0.value, "as it is now") }
    default: return []
    }
  }

  private func strangleWords(_ before: [String]) -> [(word: String, explanation: String)] {
    switch before.count {
    case 0: (context.snapshot.strangler?.capabilities ?? []).map { ($0.name, "now \($0.share) %") }
    case 1: ["0", "25", "50", "75", "100"].map { ($0, "percent of the customers") }
    default: []
    }
  }

  private func deployWords(_ before: [String]) -> [(word: String, explanation: String)] {
    switch before.count {
    case 1: [("promote", "the canary is good"), ("back", "to the version before")]
    case 2 where before[1] != "promote" && before[1] != "back": [("canary=10%", "of the calls first")]
    default: []
    }
  }

  private var topics: [(word: String, explanation: String)] {
    context.snapshot.topics.map { ($0.name, "records") }
      + context.snapshot.topics.filter { $0.deadLetters > 0 }.map {
        ("\($0.name).DLT", "\($0.deadLetters) dead letters")
      }
  }

  private func faultWords(_ before: [String]) -> [(word: String, explanation: String)] {
    let catalogue = context.snapshot.faults.catalogue
    guard let first = before.first else {
      return catalogue.services.map { ($0.name, $0.isOutside ? "outside company" : "\($0.instances) instances") }
        + catalogue.edges.map { ("\($0.from)>\($0.to)", "calls") }
        + catalogue.databases.map { ("db:\($0)", "database") }
        + (catalogue.hasSharedDatabase ? [("db:shared", "database server")] : [])
        + catalogue.groups.map { ("group:\($0)", "consumer group") }
        + catalogue.topics.map { ("topic:\($0.name)", "records") }
        + (catalogue.absence(of: .broker) == nil ? [("broker", "event bus")] : []) + [("off", "end all faults")]
    }
    guard before.count > 1 else {
      return FaultKind.Name.allCases.filter { name in
        target(first).map { catalogue.obstacle(to: name, on: $0) == nil } ?? false
      }.map { ($0.example, $0.explanation) }
    }
    return scopeWords(before, target(first), kind: String(before[1].prefix { $0 != "=" }))
  }

  /// For how long and for whom; what is said already is not offered again.
  private func scopeWords(
    _ before: [String], _ target: FaultTarget?, kind: String
  ) -> [(word: String, explanation: String)] {
    let catalogue = context.snapshot.faults.catalogue
    func can(_ scope: FaultScope) -> Bool {
      guard let name = FaultKind.Name(rawValue: kind) else { return true }
      return target.map { catalogue.obstacle(to: scope, of: name, on: $0) == nil } ?? false
    }
    var words = [("ttl=30s", "then it ends by itself"), ("ttl=2m", "then it ends by itself")]
    if can(FaultScope(share: 0.2)) { words.append(("share=20%", "of the calls")) }
    if can(FaultScope(route: "/")) {
      words += catalogue.typedRoutes.map {
        ("route=\($0)", $0.hasPrefix("/") ? "its calls alone" : "such records alone")
      }
    }
    if can(FaultScope(user: "")) { words += catalogue.users.map { ("user=\($0)", "what that customer asks for") } }
    return words.filter { word in !before.contains { $0.hasPrefix(word.0.prefix { $0 != "=" }) } }
  }

  private func target(_ word: String) -> FaultTarget? {
    if word.hasPrefix("db:") { return .database(String(word.dropFirst(3))) }
    if word.hasPrefix("group:") { return .group(String(word.dropFirst(6))) }
    if word.hasPrefix("topic:") { return .topic(String(word.dropFirst(6))) }
    if word == FaultTarget.broker.description { return .broker }
    if let arrow = word.firstIndex(of: ">") {
      return .edge(from: String(word[..<arrow]), to: String(word[word.index(after: arrow)...]))
    }
    return .service(String(word.prefix { $0 != "/" }))
  }
}

import Operations
import Wording

/// Lines that bring services to other sizes, versions and settings.
extension PaletteReader {
  /// `review 3`
  func scaling(_ text: String) throws(PaletteProblem) -> Command {
    let words = text.split(separator: " ").map(String.init)
    guard words.count == 2, let count = Int(words[1]), count > 0 else {
      throw PaletteProblem(sentence: "\"\(text)\" is no scaling; say a service and how many instances: review 3")
    }
    return .scale(service: try service(words[0]), instances: count)
  }

  /// `order.pool 20`, `route.search GET /search > search`, `back 3`
  func setting(_ text: String) throws(PaletteProblem) -> Command {
    let words = text.split(separator: " ").map(String.init)
    guard words.count >= 2 else {
      throw PaletteProblem(sentence: "\"\(text)\" is no setting; say a key and its value: order.pool 20")
    }
    let value = words.dropFirst().joined(separator: " ")
    guard words[0] == "back" else {
      let keys = (context.snapshot.configuration?.entries ?? []).map(\.key)
      // Without any, whoever is asked says why.
      return .configure(key: keys.isEmpty ? words[0] : try setting(words[0], among: keys), value: value)
    }
    guard let version = Int(value), version > 0 else {
      throw PaletteProblem(sentence: "\"\(value)\" is no version; say back and its number: back 3")
    }
    return .rollBackConfiguration(version: version)
  }

  /// There are too many settings to name them all.
  private func setting(_ key: String, among keys: [String]) throws(PaletteProblem) -> String {
    if keys.contains(key) { return key }
    let advice = NearestNames.offer(for: key, among: keys, otherwise: "Tab shows what there is")
    throw PaletteProblem(sentence: "unknown setting \(quoted(key)); \(advice)")
  }

  /// `review 50`
  func share(_ text: String) throws(PaletteProblem) -> Command {
    guard let strangler = context.snapshot.strangler else {
      throw PaletteProblem(sentence: "there is no legacy system here; start with --strangler review=100")
    }
    let words = text.split(separator: " ").map(String.init)
    let names = strangler.capabilities.map(\.name)
    guard words.count == 2 else {
      throw PaletteProblem(
        sentence: "\"\(text)\" moves nothing; say one of \(names.joined(separator: ", ")): review 50")
    }
    guard let capability = strangler.capability(words[0]) else {
      throw PaletteProblem(sentence: NearestNames.unknown("capability", words[0], among: names))
    }
    let number = words[1].hasSuffix("%") ? String(words[1].dropLast()) : words[1]
    guard let share = Int(number), (0...100).contains(share) else {
      throw PaletteProblem(sentence: "\"\(words[1])\" is no share; say a percentage from 0 to 100")
    }
    return .configure(key: capability.key, value: "\(share)")
  }

  /// `review v2 canary=10%`, `review v2`, `review promote`, `review back`
  func deployment(_ text: String) throws(PaletteProblem) -> Command {
    let words = text.split(separator: " ").map(String.init)
    if words.count == 1 { throw PaletteProblem(sentence: missing(besides: words[0])) }
    guard (2...3).contains(words.count) else {
      throw PaletteProblem(
        sentence: "\"\(text)\" is no deployment; say review v2 canary=10%, or review promote, or back")
    }
    let name = try service(words[0])
    if words.count == 2, words[1] == "promote" { return .promoteDeployment(service: name) }
    if words.count == 2, words[1] == "back" { return .rollBackDeployment(service: name) }
    guard words.count == 3 else { return .deploy(service: name, version: words[1], canary: nil) }
    let prefix = "canary="
    guard words[2].hasPrefix(prefix), let share = FaultNotation.share(String(words[2].dropFirst(prefix.count))),
      share > 0
    else { throw PaletteProblem(sentence: "\"\(words[2])\" is no share for a canary; say canary=10%") }
    return .deploy(service: name, version: words[1], canary: share)
  }

  /// What a deployment lacks of which one word is there: the service, or where it is to go.
  private func missing(besides word: String) -> String {
    let names = context.snapshot.services.map(\.name)
    if names.contains(word) { return "where is \(word) to go? say \(word) v2, \(word) promote or \(word) back" }
    if let near = NearestNames.nearest(to: word, among: names).first {
      return "\(quoted(word)) is no service; do you mean \(near)?"
    }
    return "which service is to go to \(quoted(word))? say review \(word)"
  }
}

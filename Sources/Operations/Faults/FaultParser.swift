internal import Wording

/// Reads a fault as it is typed, against what the system has that can break.
public struct FaultParser: Sendable {
  public let catalogue: FaultCatalogue

  public init(catalogue: FaultCatalogue) {
    self.catalogue = catalogue
  }

  /// Reads `payment-gateway:latency=2s,ttl=30s`, or the same words with blanks.
  public func parse(_ text: String) throws(FaultSpecError) -> FaultSpec {
    if let sign = text.lastIndex(of: "@"), FaultNotation.nanoseconds(text[text.index(after: sign)...]) != nil {
      throw FaultSpecError("\(text[sign...]) is for simulate's --fault; here a fault begins at once: leave it out")
    }
    var words = text.split(whereSeparator: { $0 == " " || $0 == "," })
    guard let first = words.first else { throw FaultSpecError("an empty fault; \(example)") }
    words.removeFirst()
    var target = String(first)
    if let split = splitTarget(target) {
      target = split.target
      if !split.rest.isEmpty { words.insert(first.suffix(split.rest.count), at: 0) }
    }
    let place = try self.target(target)
    guard !words.isEmpty else { throw FaultSpecError("what should happen to \(target)? \(kindsSentence(place))") }
    let kind = try asTyped(words[...], in: text) { word throws(FaultSpecError) in try self.kind(word, of: place) }
    var spec = FaultSpec(target: place, kind: kind)
    for index in words.indices.dropFirst() {
      let setting = Self.setting(of: words[index])
      if words[1..<index].contains(where: { Self.setting(of: $0) == setting }) {
        throw FaultSpecError("\(quoted(String(setting))) is said twice; say it once")
      }
      try asTyped(words[index...], in: text) { word throws(FaultSpecError) in try apply(word, to: &spec) }
    }
    if let reason = catalogue.obstacle(to: spec.scope, of: kind.name, on: place) { throw FaultSpecError(reason) }
    if let reason = spec.scope.route.flatMap(catalogue.absence(ofRoute:)) { throw FaultSpecError(reason) }
    if let reason = spec.scope.user.flatMap(catalogue.absence(ofUser:)) { throw FaultSpecError(reason) }
    return spec
  }

  /// `user` of `user=kim`, and of `scope=user=kim`.
  private static func setting(of word: Substring) -> Substring {
    let scope = "scope="
    return (word.hasPrefix(scope) ? word.dropFirst(scope.count) : word).prefix { $0 != "=" }
  }

  /// Reads the first of some words. One that is wrong because a blank took it apart is quoted with what stands behind the
  /// blank: `ttl=3 s`.
  private func asTyped<Value>(
    _ words: ArraySlice<Substring>, in text: String, _ read: (String) throws(FaultSpecError) -> Value
  ) throws(FaultSpecError) -> Value {
    let word = words[words.startIndex]
    do throws(FaultSpecError) {
      return try read(String(word))
    } catch {
      guard word.contains("="), let next = words.dropFirst().first, !next.contains("=") else { throw error }
      return try read(String(text[word.startIndex..<next.endIndex]))
    }
  }

  private var example: String { "for example payment-gateway:latency=2s,ttl=30s" }

  /// `db:order:crash` has its target before the second colon.
  private func splitTarget(_ word: String) -> (target: String, rest: String)? {
    var parts = word.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1 else { return nil }
    if ["db", "group", "topic"].contains(parts[0]) {
      let target = "\(parts[0]):\(parts[1])"
      return (target, parts.count > 2 ? parts[2] : "")
    }
    let target = parts.removeFirst()
    return (target, parts.joined(separator: ":"))
  }

  private func target(_ word: String) throws(FaultSpecError) -> FaultTarget {
    for target in [FaultTarget.broker, .keyValueStore, .sharedDatabase] where word == target.description {
      if let reason = catalogue.absence(of: target) { throw FaultSpecError("\(word) cannot be broken: \(reason)") }
      return target
    }
    if let name = word.dropping(prefix: "db:") {
      guard catalogue.databases.contains(name) else {
        throw unknown("database", name, among: catalogue.databases)
      }
      return .database(name)
    }
    if let name = word.dropping(prefix: "group:") {
      guard catalogue.groups.contains(name) else { throw unknown("consumer group", name, among: catalogue.groups) }
      return .group(name)
    }
    if let name = word.dropping(prefix: "topic:") {
      guard catalogue.topics.contains(where: { $0.name == name }) else {
        throw unknown("topic", name, among: catalogue.topics.map(\.name))
      }
      return .topic(name)
    }
    if let arrow = word.firstIndex(of: ">") {
      let (from, to) = (String(word[..<arrow]), String(word[word.index(after: arrow)...]))
      guard catalogue.edges.contains(where: { $0.from == from && $0.to == to }) else {
        throw unknown("edge", word, among: catalogue.edges.map { "\($0.from)>\($0.to)" })
      }
      return .edge(from: from, to: to)
    }
    if let slash = word.firstIndex(of: "/") {
      let name = String(word[..<slash])
      let count = try service(name).instances
      guard let number = Int(word[word.index(after: slash)...]), 1...max(1, count) ~= number else {
        throw FaultSpecError("\"\(word)\": \(name) has instances 1 to \(count)")
      }
      return .instance(service: name, number: number)
    }
    return .service(try service(word).name)
  }

  private func service(_ name: String) throws(FaultSpecError) -> FaultCatalogue.Service {
    guard let service = catalogue.services.first(where: { $0.name == name }) else {
      let others = [FaultTarget.broker, .keyValueStore].filter { catalogue.absence(of: $0) == nil }
      throw unknown("service", name, among: catalogue.services.map(\.name) + others.map(\.description))
    }
    return service
  }

  private func unknown(_ what: String, _ name: String, among names: [String]) -> FaultSpecError {
    FaultSpecError(NearestNames.unknown(what, name, among: names))
  }

  private func kind(_ word: String, of target: FaultTarget) throws(FaultSpecError) -> FaultKind {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let name = FaultKind.Name(rawValue: parts[0]) else {
      throw FaultSpecError("unknown fault \(quoted(parts[0])); \(nearestKinds(parts[0], target))")
    }
    if let reason = catalogue.obstacle(to: name, on: target) {
      throw FaultSpecError("\(name.rawValue) does not apply to \(target): \(reason); \(kindsSentence(target))")
    }
    return try FaultKindParser(name: name, intensity: parts.count > 1 ? parts[1] : nil).parse()
  }

  private func kinds(_ target: FaultTarget) -> [FaultKind.Name] {
    FaultKind.Name.allCases.filter { catalogue.obstacle(to: $0, on: target) == nil }
  }

  private func kindsSentence(_ target: FaultTarget) -> String {
    "there are \(kinds(target).map(\.example).joined(separator: ", "))"
  }

  private func nearestKinds(_ word: String, _ target: FaultTarget) -> String {
    let near = NearestNames.nearest(to: word, among: kinds(target).map(\.rawValue))
    let examples = near.compactMap { FaultKind.Name(rawValue: $0)?.example }
    return examples.isEmpty ? kindsSentence(target) : "do you mean \(examples.joined(separator: " or "))?"
  }

  private func apply(_ word: String, to spec: inout FaultSpec) throws(FaultSpecError) {
    let plain = word.dropping(prefix: "scope=") ?? word
    let parts = plain.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      throw FaultSpecError("\"\(word)\" is not understood; there are ttl=30s, share=20%, route=…, user=…, partition=0")
    }
    switch parts[0] {
    case "ttl":
      guard let value = FaultNotation.nanoseconds(parts[1]), value > 0 else {
        throw FaultSpecError("ttl=\(parts[1]) is not a duration; say ttl=30s")
      }
      spec.timeToLive = value
    case "share":
      guard let share = FaultNotation.share(parts[1]), share > 0 else {
        throw FaultSpecError("share=\(parts[1]) is not a share; say share=20%")
      }
      spec.scope.share = share
    case "route": spec.scope.route = parts[1]
    case "user": spec.scope.user = parts[1]
    case "partition":
      guard let number = Int(parts[1]), number >= 0 else {
        throw FaultSpecError("partition=\(parts[1]) is not a partition; say partition=0")
      }
      spec.scope.partition = number
    default:
      let near = NearestNames.nearest(to: parts[0], among: ["ttl", "share", "route", "user", "partition"])
      let advice =
        near.first.map { "do you mean \($0)=\(parts[1])?" }
        ?? "there are ttl=30s, share=20%, route=…, user=…, partition=0"
      throw FaultSpecError("unknown setting \(quoted(parts[0])); \(advice)")
    }
  }
}

/// What is wrong with a fault as it was typed, and what would be right, in one line.
public struct FaultSpecError: Error, Equatable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) {
    self.description = description
  }
}

extension String {
  fileprivate func dropping(prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }
}

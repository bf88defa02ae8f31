public import Operations

/// The places at which a crash puts a promise to the test, numbered as in the catalogue of crash cases.
public enum CrashPoint: Int, Sendable, Hashable, CaseIterable {
  case beforeCommit = 1
  case afterCommit, relayHasRead, appended, acknowledged, withinBatch, overlappingLeases, lateCommit
  case beforeEffect, effectCommitted, offsetCommitted, inboxPruned
  case viewWritten, rebuilding, tornRecord, halfEmitted, commandWritten, actionDone

  /// `P4`
  public var name: String { "P\(rawValue)" }

  /// What has been done when it strikes, and what has not.
  public var explanation: String {
    switch self {
    case .beforeCommit: "before the business transaction commits"
    case .afterCommit: "after the commit, before the relay reads"
    case .relayHasRead: "the relay has read, and not appended"
    case .appended: "appended, and not acknowledged"
    case .acknowledged: "acknowledged, and not marked"
    case .withinBatch: "within a relay's batch, some appended"
    case .overlappingLeases: "a relay sleeps until another has its lease"
    case .lateCommit: "a transaction sleeps before its commit, others commit"
    case .beforeEffect: "a consumer, before its effect"
    case .effectCommitted: "a consumer, after its effect, before the offset commit"
    case .offsetCommitted: "a consumer, right after an offset commit"
    case .inboxPruned: "old inbox rows were pruned"
    case .viewWritten: "a view is written, its position is not"
    case .rebuilding: "in the middle of a rebuild"
    case .tornRecord: "in the middle of a record on disk"
    case .halfEmitted: "one change, half of its events sent"
    case .commandWritten: "a command is written, and not sent"
    case .actionDone: "a participant has acted, its reply is lost"
    }
  }

  /// Why no instance of this shop passes it; nil when one does.
  public var absence: String? {
    switch self {
    case .tornRecord:
      "a record is torn by a power cut while the bus writes it, and the bus of this shop is a part of the program, which "
        + "would end with it: there would be no run to go on with. The log's own tests cut it off, and make torture does"
    default: nil
    }
  }

  /// Those that instances of a service pass, by service; for looking up only.
  static let places: [String: [FaultCatalogue.CrashPlace]] = allCases.reduce(into: [:]) { places, point in
    for service in point.services {
      places[service, default: []].append(
        FaultCatalogue.CrashPlace(name: point.name, explanation: point.explanation))
    }
  }

  /// The services whose instances pass it.
  var services: [String] {
    switch self {
    case .beforeCommit, .afterCommit, .lateCommit: [ShopPlan.order]
    case .overlappingLeases:
      ShopPlan.services.filter { $0.store?.publishes == true }.map(\.name)
        + ShopPlan.services.map(\.name).filter { name in ShopPlan.miners.contains { $0.miner == name } }
    case .relayHasRead, .appended, .acknowledged, .withinBatch, .inboxPruned:
      ShopPlan.services.filter { $0.store?.publishes == true }.map(\.name)
    case .beforeEffect, .effectCommitted:
      ShopPlan.services.filter { !$0.reads.isEmpty && $0.name != ShopPlan.orchestrator && $0.name != ShopPlan.shipping }
        .map(\.name).filter { self == .beforeEffect || $0 != ShopPlan.historyUpdater }
    case .viewWritten: [ShopPlan.historyUpdater]
    case .rebuilding: ShopPlan.views.map(\.keeper)
    case .offsetCommitted: ShopPlan.services.filter { !$0.reads.isEmpty }.map(\.name)
    case .commandWritten: [ShopPlan.orchestrator]
    case .actionDone: [ShopPlan.order, ShopPlan.inventory, ShopPlan.customer, ShopPlan.shipping]
    case .halfEmitted: [ShopPlan.aggregate]
    case .tornRecord: []
    }
  }
}

/// A crash that waits for its place: `inventory/1:P5,nth=3,down=2s`.
public struct CrashSpec: Sendable, Hashable {
  public var service: String
  /// One instance, counted from 1; nil: whichever comes first.
  public var instance: Int?
  public var point: CrashPoint
  /// It strikes when the place is passed for the `nth` time, counted from when it was armed.
  public var nth = 1
  /// Nanoseconds until the instance is started again.
  public var down: Int64 = 1_000_000_000

  public init(service: String, instance: Int? = nil, point: CrashPoint, nth: Int = 1, down: Int64 = 1_000_000_000) {
    self.service = service
    self.instance = instance
    self.point = point
    self.nth = nth
    self.down = down
  }

  /// Reads `order:P2` or `inventory/1:P5,nth=3,down=2s`.
  public init(parsing text: String) throws(FaultSpecError) {
    let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let head = words[0].split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard head.count == 2 else {
      throw FaultSpecError("\"\(text)\" is not a crash at a point; say order:P2 or inventory/1:P5,nth=3,down=2s")
    }
    guard let point = CrashPoint.allCases.first(where: { $0.name == head[1] }) else {
      throw FaultSpecError(
        "unknown point \"\(head[1])\"; there are P1 to P\(CrashPoint.allCases.count), as P2: "
          + CrashPoint.afterCommit.explanation)
    }
    if let absence = point.absence { throw FaultSpecError("\(point.name) cannot be had: \(absence)") }
    let place = head[0].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard place.count <= 2, point.services.contains(place[0]) else {
      throw FaultSpecError("\(head[0]) does not pass \(point.name); \(point.services.joined(separator: ", ")) do")
    }
    self.init(service: place[0], point: point)
    if place.count == 2 {
      let count = ShopPlan.services.first { $0.name == place[0] }?.instances ?? 1
      guard let number = Int(place[1]), (1...count).contains(number) else {
        throw FaultSpecError("\"\(head[0])\": \(place[0]) has instances 1 to \(count)")
      }
      instance = number
    }
    for word in words.dropFirst() { try read(word) }
  }

  private mutating func read(_ word: String) throws(FaultSpecError) {
    let parts = word.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
    switch (parts[0], parts.count) {
    case ("nth", 2):
      guard let number = Int(parts[1]), (1...1_000_000).contains(number) else {
        throw FaultSpecError("\(word) is not a number of times; say nth=3")
      }
      nth = number
    case ("down", 2):
      guard let time = FaultNotation.nanoseconds(parts[1]), time > 0 else {
        throw FaultSpecError("\(word) is not a duration; say down=2s")
      }
      down = time
    default: throw FaultSpecError("unknown setting \"\(word)\"; there are nth=3, down=2s")
    }
  }
}

extension CrashSpec: CustomStringConvertible {
  /// As it would be typed.
  public var description: String {
    var text = instance.map { "\(service)/\($0):\(point.name)" } ?? "\(service):\(point.name)"
    if nth != 1 { text += ",nth=\(nth)" }
    if down != 1_000_000_000 { text += ",down=\(FaultNotation.duration(down))" }
    return text
  }
}

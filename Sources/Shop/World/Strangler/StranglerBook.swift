internal import EventBus
internal import Operations
internal import OrderedCollections
internal import TraceModel
internal import Transactions

/// What the strangler has come to since the start: who served what, which results were handed back and taken in, and
/// where the two sides would have answered differently. It stays on the simulation's thread.
final class StranglerBook {
  struct Count {
    var servedByLegacy: UInt64 = 0
    var servedByNew: UInt64 = 0
    /// Results of the new service: records on the bus, or changes of the legacy shop's table.
    var handedBack: UInt64 = 0
    /// Those that have had their effect in the legacy shop.
    var takenIn: UInt64 = 0
    /// What the legacy shop did itself, as the new services were told.
    var toldByLegacy: UInt64 = 0
    /// Answers of both sides that were held against each other, and those that differed.
    var compared: UInt64 = 0
    var differing: UInt64 = 0
    /// The latest difference.
    var difference: (words: String, gtxid: GTXID, time: Int64)?
  }

  /// Records by their message ids: one that a crash has a relay publish again is the same.
  private var seen = OrderedSet<String>()
  private static let remembered = 20_000

  private var counts = StranglerCapability.allCases.map { _ in Count() }
  /// Pieces that the legacy shop sold although inventory had none left.
  private(set) var oversold: Int64 = 0

  subscript(capability: StranglerCapability) -> Count {
    get { counts[Self.place(capability)] }
    set { counts[Self.place(capability)] = newValue }
  }

  private static func place(_ capability: StranglerCapability) -> Int {
    StranglerCapability.allCases.firstIndex(of: capability) ?? 0
  }

  func served(_ capability: StranglerCapability, byLegacy isLegacy: Bool) {
    if isLegacy { self[capability].servedByLegacy += 1 } else { self[capability].servedByNew += 1 }
  }

  /// Holds what both sides say against each other.
  func compare(_ capability: StranglerCapability, new: String, legacy: String, _ gtxid: GTXID, at time: Int64) {
    self[capability].compared += 1
    guard new != legacy else { return }
    self[capability].differing += 1
    self[capability].difference = ("new \(new), legacy \(legacy)", gtxid, time)
  }

  func sold(_ pieces: Int64, isCovered: Bool) {
    if !isCovered { oversold += pieces }
  }

  private func isNew(_ record: EventRecord) -> Bool {
    guard let message = record.headerText(RecordHeaderName.message) else { return true }
    if seen.count >= 2 * Self.remembered { seen.removeFirst(Self.remembered) }
    return seen.append(message).inserted
  }

  /// A record was published.
  func see(_ record: EventRecord, topic: String) {
    guard topic == TopicName.legacyEvents, isNew(record) else { return }
    switch record.headerText(RecordHeaderName.type) {
    case EventType.reviewHandedBack: self[.review].handedBack += 1
    case EventType.orderHandedBack: self[.order].handedBack += 1
    case EventType.legacyReviewWritten: self[.review].toldByLegacy += 1
    case EventType.legacyOrderPlaced: self[.order].toldByLegacy += 1
    default: break
    }
  }
}

extension ServiceProcess {
  /// How far the capabilities have moved, as far as this process was told.
  var strangler: StranglerSettings { configurationInUse.value.strangler }

  /// Whether it tells the other side, the legacy shop or the new services, what it has done.
  var tellsOtherShop: Bool { world.hasLegacy && !makes(.noHandBack) }
}

internal import Histogram

/// How long calls took in one slot of time. A few durations are kept as they are; many become a histogram.
struct LatencySlot: Sendable {
  typealias Counts = Histogram<UInt32>

  /// Two digits, microseconds: a second at first, 7 KB; grows as far as the longest value, which is cut at ``longest``.
  static let empty = {
    var counts = Counts(highestTrackableValue: 1_000_000, numberOfSignificantValueDigits: .two)
    counts.autoResize = true
    return counts
  }()
  /// Microseconds: one hour.
  static let longest: UInt64 = 3_600_000_000
  private static let few = 64

  /// Which slot of time this is; −1 for none.
  var epoch: Int64 = -1
  var calls = 0
  var errors = 0
  private var values: [UInt32] = []
  /// One at most. No optional: to ask whether there is one would copy it.
  private var counts: [Counts] = []

  var bytes: Int {
    guard let counts = counts.first else { return values.isEmpty ? 0 : Room.charged(values.count) * 4 }
    // 128 counts of four bytes for each doubling beyond the first 256 values.
    var doublings = 0
    while 256 << UInt64(doublings) <= counts.highestTrackableValue { doublings += 1 }
    return 512 + 512 * (doublings + 2)
  }

  /// In microseconds.
  mutating func record(_ duration: UInt32) {
    if !counts.isEmpty {
      counts[0].record(UInt64(duration))
    } else if values.count < Self.few {
      values.append(duration)
    } else {
      record([duration])
    }
  }

  /// In microseconds.
  mutating func record(_ durations: [UInt32]) {
    guard !durations.isEmpty else { return }
    if !counts.isEmpty {
      for value in durations { counts[0].record(UInt64(value)) }
    } else if values.count + durations.count <= Self.few {
      values += durations
    } else {
      counts = [Self.empty]
      let earlier = values
      values = []
      record(earlier)
      record(durations)
    }
  }

  /// Microseconds of a duration in nanoseconds.
  static func microseconds(_ duration: Int64) -> UInt32 { UInt32(min(UInt64(max(0, duration) / 1_000), longest)) }

  func merge(into sum: inout LatencySum) {
    if let counts = counts.first { sum.add(counts) } else { sum.add(values) }
  }
}

/// Slots of equal length, the newest of which are current: a window that moves on a slot at a time.
struct LatencyRing: Sendable {
  /// Whole seconds.
  let slotSeconds: Int64
  /// Slots of a window.
  private let window: Int64
  private var slots: [LatencySlot]

  /// Covers `windowSeconds`, which is a whole number of slots, at any moment: so it has one slot more.
  ///
  /// - Parameter spare: slots beyond that, so that it may be asked for a window that ended that much before the newest slot.
  init(windowSeconds: Int64, slotSeconds: Int64, spare: Int = 0) {
    self.slotSeconds = slotSeconds
    window = windowSeconds / slotSeconds + 1
    slots = Array(repeating: LatencySlot(), count: Int(window) + spare)
  }

  var bytes: Int { slots.reduce(slots.count * MemoryLayout<LatencySlot>.stride) { $0 + $1.bytes } }

  /// Ignored when the slot of that second has gone by.
  mutating func record(_ sum: RedSum) {
    let place = place(of: sum.second)
    guard place >= 0 else { return }
    slots[place].calls += sum.calls
    slots[place].errors += sum.errors
    slots[place].record(sum.durations)
  }

  /// The same for one call that took so many microseconds.
  mutating func record(_ duration: UInt32, second: Int64) {
    let place = place(of: second)
    guard place >= 0 else { return }
    slots[place].calls += 1
    slots[place].record(duration)
  }

  /// The slot of a second, emptied when another one stood there; −1 when it has gone by.
  private mutating func place(of second: Int64) -> Int {
    let epoch = second / slotSeconds
    let place = Int(epoch % Int64(slots.count))
    guard place >= 0, slots[place].epoch <= epoch else { return -1 }
    if slots[place].epoch < epoch {
      slots[place] = LatencySlot()
      slots[place].epoch = epoch
    }
    return place
  }

  /// The calls of the window that ends with `second`, and how many of them failed.
  func calls(second: Int64) -> (calls: Int, errors: Int) {
    slots.reduce(into: (0, 0)) { sum, slot in
      guard isCurrent(slot, second: second) else { return }
      sum.0 += slot.calls
      sum.1 += slot.errors
    }
  }

  /// The durations of the window that ends with `second`, and of what came since: newer slots take the places of the oldest
  /// ones, and how long calls take says as much there.
  func sum(second: Int64, into durations: inout LatencySum) {
    let oldest = second / slotSeconds - window + 1
    for slot in slots where slot.epoch >= max(0, oldest) { slot.merge(into: &durations) }
  }

  /// Where the window that ends with `second` begins.
  func firstSecond(second: Int64) -> Int64 {
    (second / slotSeconds - window + 1) * slotSeconds
  }

  /// Where the slot of a second ends.
  func lastSecond(second: Int64) -> Int64 { (second / slotSeconds + 1) * slotSeconds - 1 }

  /// Gives back the memory of slots that have gone by.
  mutating func sweep(second: Int64) {
    let newest = second / slotSeconds
    for place in slots.indices {
      let epoch = slots[place].epoch
      guard epoch > newest || epoch >= 0 && epoch <= newest - Int64(slots.count) else { continue }
      slots[place] = LatencySlot()
    }
  }

  private func isCurrent(_ slot: LatencySlot, second: Int64) -> Bool {
    let newest = second / slotSeconds
    return slot.epoch >= 0 && slot.epoch <= newest && slot.epoch > newest - window
  }
}

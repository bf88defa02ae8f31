internal import Concurrency

/// Snapshots of the last minutes of the system's time, for stepping back: one a second of the last minute, one in two
/// seconds up to five minutes, one in five beyond, so that a quarter of an hour costs what five minutes would. A system of
/// thousands of services reaches back less far. Safe from any thread.
public final class SnapshotHistory: Sendable {
  private let kept: Locked<[SystemSnapshot]>
  private let span: Int64
  private let weight: Int
  private static let second: Int64 = 1_000_000_000

  /// - Parameters:
  ///   - span: how far it reaches back, in nanoseconds.
  ///   - weight: services, endpoints, calls and instances of all snapshots together; some 400 bytes each.
  public init(span: Int64, weight: Int = 150_000) {
    precondition(span > 0, "a history reaches back by something")
    self.span = span
    self.weight = weight
    kept = Locked([])
  }

  /// Keeps a snapshot, in the place of the one before when that is of the same second.
  public func add(_ snapshot: SystemSnapshot) {
    kept.withLock { kept in
      if let last = kept.last, last.time / Self.second == snapshot.time / Self.second {
        kept[kept.count - 1] = snapshot
        return
      }
      kept.append(snapshot)
      thin(&kept, now: snapshot.time)
    }
  }

  /// Of the snapshots that fall into one step of their age the oldest stays: it is what was at the step's beginning.
  private func thin(_ kept: inout [SystemSnapshot], now: Int64) {
    var last: (slot: Int64, step: Int64)?
    kept.removeAll { snapshot in
      let age = now - snapshot.time
      guard age <= span else { return true }
      let step = Self.step(atAge: age)
      let slot = snapshot.time / step
      if let last, last == (slot, step) { return true }
      last = (slot, step)
      return false
    }
    lighten(&kept)
  }

  /// Forgets the oldest that are too much together; the newest one stays.
  private func lighten(_ kept: inout [SystemSnapshot]) {
    var sum = 0
    let first = kept.lastIndex { snapshot in
      sum += snapshot.services.reduce(0) { $0 + 1 + $1.endpoints.count + $1.calls.count + $1.instances.count }
      return sum > weight
    }
    if let first { kept.removeFirst(min(first + 1, kept.count - 1)) }
  }

  /// How far apart snapshots of an age are kept.
  private static func step(atAge age: Int64) -> Int64 {
    age <= 60 * second ? second : age <= 300 * second ? 2 * second : 5 * second
  }

  /// How many are held.
  public var count: Int { kept.withLock { $0.count } }

  /// The time of the oldest; nil while there is none.
  public var start: Int64? { kept.withLock { $0.first?.time } }

  /// The newest that is not younger than `time`, or the oldest of all; nil while there is none.
  public func nearest(to time: Int64) -> SystemSnapshot? {
    kept.withLock { kept in kept.last { $0.time <= time } ?? kept.first }
  }

  /// The oldest that is not older than `time`, or the newest of all; nil while there is none.
  public func first(from time: Int64) -> SystemSnapshot? {
    kept.withLock { kept in kept.first { $0.time >= time } ?? kept.last }
  }
}

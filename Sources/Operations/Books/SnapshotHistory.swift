internal import Concurrency

/// Snapshots of the last minutes, one a second of the system's time, for stepping back. Safe from any thread.
public final class SnapshotHistory: Sendable {
  private let kept: Locked<[SystemSnapshot]>
  private let span: Int64
  private static let step: Int64 = 1_000_000_000

  /// - Parameter span: how far it reaches back, in nanoseconds.
  public init(span: Int64) {
    precondition(span > 0, "a history reaches back by something")
    self.span = span
    kept = Locked([])
  }

  /// Keeps a snapshot, in the place of the one before when that is of the same second.
  public func add(_ snapshot: SystemSnapshot) {
    kept.withLock { kept in
      if let last = kept.last, last.time / Self.step == snapshot.time / Self.step {
        kept[kept.count - 1] = snapshot
      } else {
        kept.append(snapshot)
      }
      let old = kept.firstIndex { snapshot.time - $0.time <= span } ?? 0
      if old > 0 { kept.removeFirst(old) }
    }
  }

  /// The time of the oldest; nil while there is none.
  public var start: Int64? { kept.withLock { $0.first?.time } }

  /// The newest that is not younger than `time`, or the oldest of all; nil while there is none.
  public func nearest(to time: Int64) -> SystemSnapshot? {
    kept.withLock { kept in kept.last { $0.time <= time } ?? kept.first }
  }
}

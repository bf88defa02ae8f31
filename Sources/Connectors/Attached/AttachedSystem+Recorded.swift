internal import Concurrency
public import TraceModel

extension AttachedSystem {
  /// The system of which `spans` were recorded, as it was when the last of them had ended.
  ///
  /// They are taken in as they came then, by the time of their end, and its time goes along: what falls into the last ten
  /// seconds or the last minute is that of the recording, and so is what is kept for stepping back. After that its time
  /// stands still, at the end of the second in which the newest span ended, so that this second counts as full.
  ///
  /// - Parameters:
  ///   - name: what the screen calls it.
  ///   - budget: bytes of spans; at least 65,536.
  public convenience init(name: String, budget: Int, recorded spans: [TraceSpan]) {
    let spans = spans.enumerated().sorted { ($0.element.end, $0.offset) < ($1.element.end, $1.offset) }.map(\.element)
    let newest = spans.last?.end ?? 0
    let clock = Locked(spans.first?.end ?? 0)
    self.init(name: name, budget: budget, isStill: true, now: { clock.withLock { $0 } })
    replay(spans, newest: newest) { time in clock.withLock { $0 = time } }
    clock.withLock { $0 = Self.endOfSecond(newest) }
    refresh()
  }

  private static let second: Int64 = 1_000_000_000
  /// How far one can step back, and how far apart the steps are.
  private static let stepsBack = (span: 900 * second, between: 5 * second)
  private static let batch = 1_000

  /// - Parameter spans: by their end.
  private func replay(_ spans: [TraceSpan], newest: Int64, setClock: (Int64) -> Void) {
    var lastStep = spans.first?.end ?? 0
    var start = spans.startIndex
    while start < spans.endIndex {
      let second = spans[start].end / Self.second
      let limit = min(spans.endIndex, start + Self.batch)
      let end = spans[start..<limit].firstIndex { $0.end / Self.second != second } ?? limit
      let time = spans[end - 1].end
      if time &- lastStep >= Self.stepsBack.between {
        lastStep = time
        // What it was like before this second.
        if newest &- time <= Self.stepsBack.span { refresh() }
      }
      setClock(time)
      receive(Array(spans[start..<end]))
      start = end
    }
  }

  private static func endOfSecond(_ time: Int64) -> Int64 {
    let end = (time / second + 1).multipliedReportingOverflow(by: second)
    return end.overflow ? time : end.partialValue
  }
}

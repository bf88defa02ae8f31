/// Calls and errors of each of the last seconds.
struct SecondRing: Sendable {
  private var calls: [UInt32]
  private var errors: [UInt32]
  private var latest: Int64 = .min / 2
  private var latestPlace = 0

  init(seconds: Int) {
    calls = Array(repeating: 0, count: seconds)
    errors = calls
  }

  var bytes: Int { (calls.count + errors.count) * 4 + 64 }

  /// Ignored when `second` lies further back than the ring reaches.
  mutating func record(second: Int64, calls more: UInt32, errors failed: UInt32) {
    guard second >= 0, second > latest - Int64(calls.count) else { return }
    if second > latest { move(to: second) }
    let place = second == latest ? latestPlace : Int(second % Int64(calls.count))
    calls[place] &+= more
    errors[place] &+= failed
  }

  private mutating func move(to second: Int64) {
    let gap = min(second - latest, Int64(calls.count))
    for back in 0..<gap {
      let place = Int((second - back) % Int64(calls.count) + Int64(calls.count)) % calls.count
      calls[place] = 0
      errors[place] = 0
    }
    latest = second
    latestPlace = Int(second % Int64(calls.count))
  }

  /// Over the last `window` seconds, the one of `second` included.
  func sum(second: Int64, window: Int) -> (calls: Int, errors: Int) {
    var sum = (calls: 0, errors: 0)
    for back in 0..<Int64(window) {
      guard let place = place(of: second - back) else { continue }
      sum.calls += Int(calls[place])
      sum.errors += Int(errors[place])
    }
    return sum
  }

  /// The last `count`, oldest first, up to `second`.
  func history(_ count: Int, second: Int64) -> RedHistory {
    var history = RedHistory(calls: [], errors: [])
    for back in (0..<Int64(count)).reversed() {
      let place = place(of: second - back)
      history.calls.append(place.map { calls[$0] } ?? 0)
      history.errors.append(place.map { errors[$0] } ?? 0)
    }
    return history
  }

  private func place(of second: Int64) -> Int? {
    guard second >= 0, second <= latest, second > latest - Int64(calls.count) else { return nil }
    return Int(second % Int64(calls.count))
  }
}

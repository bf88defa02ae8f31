import Operations

extension Model {
  /// Freezes what is shown, or goes back to the newest state.
  mutating func toggleFreeze() -> [Effect] {
    if frozen == nil {
      frozen = FrozenMoment(time: live.time, snapshot: live)
      // What is loaded apart from the state is of this moment from now on.
      return refresh()
    }
    frozen = nil
    return refresh()
  }

  /// Goes through time; freezes first.
  mutating func step(seconds: Int64) -> [Effect] {
    let from = frozen?.time ?? live.time
    let (moved, overflow) = from.addingReportingOverflow(seconds * Timeline.second)
    let wanted = overflow ? from : moved
    if wanted > live.time, from >= live.time {
      say(isFrozen ? "this is the newest moment; Space goes live" : "this is live; Space freezes it, , steps back")
      return []
    }
    return travel(to: wanted)
  }

  /// Shows the state of a moment; what is later than the newest is the newest.
  ///
  /// - Parameter isOn: whether it is the first state kept from then on, which may be later, and not the last before it.
  mutating func travel(to time: Int64, isOn: Bool = false) -> [Effect] {
    var moment = frozen ?? FrozenMoment(time: live.time, snapshot: live)
    moment.time = min(time, live.time)
    moment.awaited += 1
    moment.isOn = isOn
    frozen = moment
    return [isOn ? .loadNextSnapshot(from: moment.time) : .loadSnapshot(at: moment.time)]
  }

  /// Shows an older state that was asked for. Where the history ends, so does the stepping.
  mutating func show(past snapshot: SystemSnapshot) -> [Effect] {
    guard var moment = frozen else { return [] }
    moment.awaited = max(0, moment.awaited - 1)
    moment.snapshot = snapshot
    if moment.awaited == 0, snapshot.time > moment.time {
      moment.time = snapshot.time
      if !moment.isOn { say("nothing older is kept than \(context.clock(snapshot.time))") }
    }
    frozen = moment
    return refresh()
  }
}

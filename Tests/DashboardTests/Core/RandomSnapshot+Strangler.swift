import Operations
import TraceModel

extension RandomSnapshot {
  mutating func strangler() -> StranglerSnapshot {
    var strangler = StranglerSnapshot(legacy: name(), topic: name())
    strangler.capabilities = list { random in
      var capability = StranglerSnapshot.Capability(
        name: random.name(), service: random.name(), key: random.name(), share: Int(random.count()),
        usesMessages: random.flag())
      capability.servedByNew = UInt64(bitPattern: random.count())
      capability.servedByLegacy = UInt64(bitPattern: random.count())
      capability.handedBack = UInt64(bitPattern: random.count())
      capability.takenIn = UInt64(bitPattern: random.count())
      capability.toldByLegacy = UInt64(bitPattern: random.count())
      capability.differing = UInt64(bitPattern: random.count())
      let difference = StranglerSnapshot.Difference(words: random.name(), gtxid: random.id(), time: random.time())
      capability.difference = random.some(difference)
      return capability
    }
    strangler.lags = list { random in
      StranglerSnapshot.Lag(
        group: random.name(), records: random.some(random.count()), oldest: random.some(random.time()))
    }
    strangler.oversold = count()
    return strangler
  }
}

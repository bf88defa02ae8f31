import Operations
import Simulation

@testable import Shop

/// Faults of every kind at random moments, the same for each seed.
struct RandomFaults {
  private var random: RandomStream
  let seed: UInt64
  let rate: Double
  let seconds: Int
  /// As they are typed, with the second at which they are armed.
  private(set) var texts: [(at: Double, text: String)] = []

  init(seed: UInt64) {
    self.seed = seed
    random = RandomStream(seed: seed, "tests/faults")
    rate = Double(12 + random.below(14))
    seconds = 8 + random.below(5)
    // Half of them are storms of crashes: only then one falls between an effect and the commit of its offset.
    let isStorm = seed % 2 == 0
    for _ in 0..<(isStorm ? 12 + random.below(12) : 3 + random.below(6)) {
      texts.append((2 + random.unit() * Double(seconds - 3), isStorm && random.below(4) > 0 ? crash() : any()))
    }
  }

  var settings: ShopSettings {
    get throws {
      let parser = FaultParser(catalogue: SimulatedShop.catalogue)
      return ShopSettings(
        seed: seed, rate: rate,
        faults: try texts.map { (Int64($0.at * 1e9), try parser.parse($0.text)) })
    }
  }

  private mutating func pick<Value>(_ values: [Value]) -> Value { values[random.below(values.count)] }

  private mutating func crash() -> String {
    let target = pick([
      "gateway", "order", "inventory", "payment", "gateway/1", "order/1", "order/2", "inventory/1", "inventory/2",
      "payment/1", "payment/2",
    ])
    return "\(target):crash,ttl=\(pick([3, 20, 60, 200, 800, 2500]))ms"
  }

  private mutating func any() -> String {
    let text: String
    switch random.below(16) {
    case 0: return crash()
    case 1:
      text =
        pick(["gateway", "order", "inventory/1", "payment", "gateway>order", "payment>payment-gateway"])
        + ":latency=\(pick([50, 900, 2000, 9000]))ms" + scope()
    case 2:
      text =
        pick(["gateway", "order", "inventory", "payment", "payment-gateway", "gateway>order"])
        + ":errors=\(pick([5, 30, 100]))%" + scope()
    case 3: text = pick(["db:order", "db:inventory", "order", "inventory"]) + ":db-down" + pick(["", ",share=30%"])
    case 4: text = "payment-gateway:outage" + pick(["", ",share=20%"])
    case 5: text = pick(["group:order", "group:inventory", "payment", "inventory/1"]) + ":slow=200ms" + scope()
    case 6: text = pick(["order", "order/1", "inventory", "inventory/2"]) + ":pool=\(pick([0, 0, 1, 2]))"
    case 7:
      // Longer than a session lasts, now and then.
      return pick(["order", "order/1", "order/2", "inventory/1", "inventory/2", "payment", "payment/1", "payment/2"])
        + ":partition,ttl=\(pick([300, 2500, 12_000]))ms"
    case 8: text = "broker:broker-down"
    case 9: text = "topic:\(pick(["order", "inventory", "payment"])):poison=\(1 + random.below(3))"
    case 10:
      text =
        pick(["topic:order", "topic:inventory", "topic:payment", "group:order", "group:inventory", "group:payment"])
        + ":duplicate=\(pick([5, 30, 100]))%" + pick(["", "", ",partition=2", ",route=PAYMENT_COMPLETE"])
    case 11: text = "payment:lose-before-outbox" + pick(["", ",share=30%", ",route=PAYMENT_FAILED"])
    case 12, 13:
      text =
        pick(["gateway/1", "order", "order/2", "inventory/1", "payment", "payment/2"])
        + ":skew=\(pick(["+2s", "-500ms", "+45s", "-20s"]))"
    case 14: text = pick(["gateway/2", "order/1", "inventory", "payment/1"]) + ":leak=\(pick([200, 800]))MB/s"
    default: text = "payment-gateway:latency=\(pick([800, 1200, 2000]))ms,share=\(pick([20, 80]))%"
    }
    return text + ",ttl=\(pick([300, 1500, 4000, 9000]))ms"
  }

  private mutating func scope() -> String {
    pick(["", "", "", ",share=30%", ",user=kim", ",route=/orders", ",route=/charge", ",route=ITEM_RESERVED"])
  }
}

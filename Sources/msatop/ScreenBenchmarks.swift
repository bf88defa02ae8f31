import Dashboard
import Drawing
import Operations
import Shop

/// What a state of the shop costs to take, and a page to follow it and to be drawn, in an incident.
struct ScreenBenchmarks {
  let rounds: Int
  private static let size = Size(columns: 118, rows: 36)
  private static let startAt: Int64 = 60_000_000_000
  private static let rate = 50.0
  /// Each round is the mean of so many.
  private static let frames = 20
  private static let pages: [(key: Character, name: String)] = [
    ("1", "overview"), ("2", "services"), ("3", "breakers"), ("4", "topics"), ("5", "transactions"), ("6", "sagas"),
    ("7", "map"), ("8", "data"), ("9", "platform"), ("0", "faults"), ("L", "log"),
  ]

  func run() throws -> [BenchResult] {
    let late = try FaultParser(catalogue: SimulatedShop.catalogue).parse("payment-gateway:latency=2s")
    let settings = ShopSettings(seed: 1, rate: Self.rate, faults: [(at: 20_000_000_000, spec: late)])
    let shop = SimulatedShop(settings, startAt: Self.startAt, isStill: true)
    let note = "a shop at 50 tx/s after 60 s, its payment company slow"
    return [measured("a state of the shop", note: note) { shop.retake() }]
      + Self.pages.flatMap { page(shop, $0.key, $0.name) }
  }

  private func page(_ shop: SimulatedShop, _ key: Character, _ name: String) -> [BenchResult] {
    var model = Model(snapshot: shop.snapshot(), size: Self.size)
    feed(.key(KeyPress(.character(key))), to: &model, of: shop)
    let follow = measured("\(name): a new state", note: "the page follows it") {
      feed(.snapshot(shop.snapshot()), to: &model, of: shop)
    }
    let draw = measured("\(name): a frame", note: "118 × 36, without the terminal") {
      var canvas = Canvas(size: Self.size, glyphSet: .utf8, isStrict: false)
      Dashboard.draw(model, on: &canvas)
    }
    return [follow, draw]
  }

  private func feed(_ input: Input, to model: inout Model, of shop: SimulatedShop) {
    for case .loadLog(let filter, let limit) in update(&model, input) {
      let answer = shop.searchLog(filter, limit: limit, takesNewer: true)
      _ = update(&model, .log(filter, answer.lines, progress: answer.progress))
    }
  }

  private func measured(_ name: String, note: String, _ body: () -> Void) -> BenchResult {
    body()
    let values = (0..<rounds).map { _ in
      let began = WallClock.monotonic
      for _ in 0..<Self.frames { body() }
      return Double(WallClock.monotonic - began) / Double(Self.frames) / 1e6
    }
    return BenchResult(name, unit: "ms", of: values, note: note)
  }
}

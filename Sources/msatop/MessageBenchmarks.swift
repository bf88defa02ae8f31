import ShopMessages

/// How long answers of `ProductsInfoService` take to be written and to be read, in both forms.
struct MessageBenchmarks {
  let rounds: Int
  /// Products of an answer: one for an order, and the most that can be asked for.
  private static let counts = [1, 50]
  /// Each round is the fastest of so many passes, as whatever else runs on the machine only makes them slower.
  private static let passes = 20
  private static let repetitions = 200

  func run() throws -> [BenchResult] {
    try Self.counts.flatMap { count in
      let answer = Self.answer(count)
      let (json, protobuf) = (try answer.json(), try answer.protobuf())
      return [
        try measure("JSON, written", count, json.count) { try answer.json().count },
        try measure("JSON, read", count, json.count) { try Shop_ProductsInfoResponse(json: json).products.count },
        try measure("protobuf, written", count, protobuf.count) { try answer.protobuf().count },
        try measure("protobuf, read", count, protobuf.count) {
          try Shop_ProductsInfoResponse(protobuf: protobuf).products.count
        },
      ]
    }
  }

  private static func answer(_ count: Int) -> Shop_ProductsInfoResponse {
    var answer = Shop_ProductsInfoResponse()
    answer.products = (1...count).map { number in
      var info = Shop_ProductInfo()
      info.id = number < 10 ? "sku-0\(number)" : "sku-\(number)"
      (info.price, info.quantity, info.status) = (UInt32(5_000 + number * 1_000), 3_900, .inStock)
      return info
    }
    return answer
  }

  /// - Parameter body: what it says is added up, so that no compiler leaves it out.
  private func measure(_ name: String, _ count: Int, _ bytes: Int, _ body: () throws -> Int) throws -> BenchResult {
    var sum = try body()
    let values = try (0..<rounds).map { _ in
      try (0..<Self.passes).map { _ in
        let time = try ContinuousClock().measure { for _ in 0..<Self.repetitions { sum &+= try body() } }
        return time / Duration.microseconds(Self.repetitions)
      }.min() ?? 0
    }
    precondition(sum > 0, "an answer has products")
    return BenchResult(
      name, unit: "µs", of: values, note: "an answer with \(count) product\(count == 1 ? "" : "s"), \(bytes) bytes")
  }
}

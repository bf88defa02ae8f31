import Operations
import TraceModel

@testable import Dashboard

/// Two minutes of a shop's log: orders go through, until the payment company answers late.
enum LogFixture {
  private static let calm: [(service: String, message: String)] = [
    ("gateway", "POST /orders 202"), ("order", "order created: sku-18 ×2, 38000 KRW"),
    ("inventory", "reserved sku-18 ×2"), ("payment", "charged 38,000 KRW"), ("order", "order 1f0c paid"),
  ]

  static let lines: [LogLine] = (0..<1_200).map { (number: Int) -> LogLine in
    let (service, message) = calm[number % calm.count]
    let isLate = number > 700
    let time = ShopFixture.now - Int64(1_200 - number) * 100_000_000
    var line = LogLine(
      time: time, level: number % 11 == 3 ? .debug : .info, service: service, instance: "\(service)-\(number % 2 + 1)",
      gtxid: ShopFixture.id(0x8f3a, UInt64(number / 5 + 1)), ltxid: LTXID(UInt32(number % 5 + 1)), message: message)
    if isLate, service == "payment" {
      line.level = number % 3 == 0 ? .error : .warn
      line.message =
        number % 3 == 0
        ? "not charged: 결제 게이트웨이 응답 시간 초과 (1,000 ms)" : "retry 2 of 4: payment-gateway gave no answer in 1,000 ms"
    } else if isLate, number % 5 == 4 {
      line.level = .warn
      line.message = "order 1f0c cancelled: payment gateway time-out"
    }
    return line
  }
}

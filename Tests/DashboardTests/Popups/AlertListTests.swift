import Drawing
import Operations
import Testing

@testable import Dashboard

/// The list of rules that do not hold.
struct AlertListTests {
  private func cockpit(columns: Int, rows: Int) -> Cockpit {
    var snapshot = ShopFixture.snapshot
    snapshot.alerts = (1...2).map { number in
      AlertItem(
        rule: "a circuit breaker is open for more than 10 s", subject: "payment-\(number) → payment-gateway",
        since: snapshot.time - 30 * ShopFixture.second, value: "OPEN", team: "payments", isSevere: true)
    }
    var cockpit = Cockpit(snapshot, columns: columns, rows: rows)
    cockpit.press(":")
    cockpit.send(.paste("alerts"))
    cockpit.press("Enter")
    return cockpit
  }

  @Test(arguments: [(80, 24), (118, 36), (200, 60)]) func twoOfTheSameRuleAreToldApart(columns: Int, rows: Int) {
    let cockpit = cockpit(columns: columns, rows: rows)
    for number in 1...2 { #expect(cockpit.text.contains("payment-\(number) → payment-gateway"), "\(cockpit.text)") }
    // Where there is little room the whole rule is wanted more.
    if columns > 80 { #expect(cockpit.text.contains("payments")) }
  }

  /// Rules of any length are read whole, or by their last words.
  @Test(arguments: [(80, 24), (118, 36), (200, 60)]) func noRuleIsCut(columns: Int, rows: Int) {
    var snapshot = ShopFixture.snapshot
    snapshot.alerts = [
      ("lag of a group is STOP", "commands.payment/payment", "166 records", "money"),
      ("service is degraded", "payment", "breaker payment-gateway is OPEN", "money"),
      ("stock of a product is low", "sku-07", "0 pieces left", "stock"),
    ].map {
      AlertItem(rule: $0.0, subject: $0.1, since: snapshot.time, value: $0.2, team: $0.3, isSevere: true)
    }
    var cockpit = Cockpit(snapshot, columns: columns, rows: rows)
    cockpit.press(":")
    cockpit.send(.paste("alerts"))
    cockpit.press("Enter")
    for alert in snapshot.alerts {
      #expect(cockpit.text.contains(columns < 118 ? " \(alert.predicate) " : " \(alert.rule) "), "\(cockpit.text)")
    }
  }

  @Test(arguments: [(40, 12), (80, 24), (200, 60)]) func fitsEverySize(columns: Int, rows: Int) {
    let cockpit = cockpit(columns: columns, rows: rows)
    #expect(cockpit.canvas().violations == [] && cockpit.canvas(.ascii).violations == [])
  }
}

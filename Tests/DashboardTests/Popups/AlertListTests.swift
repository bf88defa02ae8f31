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
    #expect(cockpit.text.contains("payments"))
  }

  @Test(arguments: [(40, 12), (80, 24), (200, 60)]) func fitsEverySize(columns: Int, rows: Int) {
    let cockpit = cockpit(columns: columns, rows: rows)
    #expect(cockpit.canvas().violations == [] && cockpit.canvas(.ascii).violations == [])
  }
}

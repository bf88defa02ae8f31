import Operations
import Testing
import TraceCollector
import TraceModel

@testable import Dashboard

/// Over how long a time figures are: the titles say it, and a key changes it.
@Suite struct FigureWindowTests {
  private static func watched(_ window: RedWindow = .minute) -> SystemSnapshot {
    var snapshot = SystemSnapshot(
      system: SystemIdentity(name: "prod", kind: .attached), time: 1_760_000_100_000_000_000)
    snapshot.window = window
    var shop = ServiceSnapshot(name: "shop")
    (shop.rate, shop.p99, shop.health, shop.tellsTopics) = (12, 40_000_000, .up, false)
    if window != .tenSeconds {
      shop.windowed = RedFigures(
        window: window, calls: 1_860, errors: 93, rate: 31, p50: 8_000_000, p95: 50_000_000, p99: 70_000_000,
        totalCalls: 9_000, totalErrors: 93)
    }
    var endpoint = EndpointSnapshot(operation: "POST /orders")
    (endpoint.rate, endpoint.p99) = (31, 70_000_000)
    (shop.endpoints, shop.endpointWindow) = ([endpoint], window)
    (shop.calls, shop.callWindow) = ([CallSnapshot(callee: "bank")], .minute)
    snapshot.services = [shop]
    snapshot.operations = OperationBoard()
    return snapshot
  }

  private func wanted(_ cockpit: Cockpit) -> [RedWindow] {
    cockpit.effects.compactMap { if case .setWindow(let window) = $0 { window } else { nil } }
  }

  @Test func servicesShowTheFiguresOfTheWindow() {
    var cockpit = Cockpit(Self.watched())
    cockpit.press("2")
    #expect(cockpit.text.contains("services  last 1 min"))
    let row = cockpit.lines.first { $0.contains("▌") } ?? ""
    #expect(row.contains("31") && row.contains("5.0 %") && row.contains("70 ms"), "\(row)")
    cockpit.press("Enter")
    #expect(cockpit.text.contains("last 1 min   req/s 31/s") || cockpit.text.contains("last 1 min   req/s 31"))
    #expect(
      cockpit.text.contains("shop: endpoints  last 1 min") && cockpit.text.contains("shop: calls out  last 1 min"))
    cockpit.send(.snapshot(Self.watched(.quarterHour)))
    #expect(cockpit.text.contains("shop: endpoints  last 15 min"))
    #expect(cockpit.text.contains("shop: calls out  last 1 min"), "of calls the last minute is all that is kept")
  }

  @Test(arguments: ["1", "2", "2 Enter"]) func aKeyTurnsThemOver(_ keys: String) {
    var cockpit = Cockpit(Self.watched())
    cockpit.press(keys)
    #expect(cockpit.lastLine.contains("i window"))
    cockpit.press("i")
    #expect(wanted(cockpit) == [.quarterHour])
    #expect(cockpit.lastLine.contains("figures over the last 15 min"))
    cockpit.send(.snapshot(Self.watched(.quarterHour)))
    cockpit.press("i")
    #expect(wanted(cockpit) == [.tenSeconds])
    cockpit.send(.snapshot(Self.watched(.tenSeconds)))
    cockpit.press("i")
    #expect(wanted(cockpit) == [.minute])
    cockpit.press("Space i")
    #expect(wanted(cockpit).isEmpty && cockpit.lastLine.contains("this is the past"))
    cockpit.press("?")
    #expect(cockpit.text.contains("figures over the last 10 s"))
  }

  @Test(arguments: [(118, 36), (80, 24)]) func theOverviewNamesTheWindowOfOperations(columns: Int, rows: Int) {
    let text = Cockpit(Self.watched(.quarterHour), columns: columns, rows: rows).text
    #expect(text.contains("last 15 min"), "\(text)")
    #expect(text.contains("services  last 10 s"), "they keep theirs")
    #expect(text.contains("Nothing failed in the last 15 min."), "\(text)")
  }

  /// Where no operations stand, the key would do nothing.
  @Test func anOverviewWithoutOperationsOffersNothing() {
    var cockpit = Cockpit()
    #expect(!cockpit.lastLine.contains("i window") && !cockpit.text.contains("services  last 10 s"))
    cockpit.press("i")
    #expect(wanted(cockpit).isEmpty)
  }
}

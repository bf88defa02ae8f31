import Drawing
import Operations
import Testing
import TraceCollector
import TraceModel

@testable import Dashboard

struct WhyTests {
  @Test(arguments: [
    (
      "",
      [
        "payment-gateway", "because breaker payment-gateway is OPEN",
        "errors 100 % in the last 10 s, promised under 1.0 %", "p99 2.41 s in the last 10 s, promised under 1.00 s",
        "we broke it payment-gateway:latency=2s,ttl=90s",
      ]
    ),
    (
      "Tab",
      [
        "○ OPEN payment → payment-gateway", "50 % or more of the last 10 calls fail, once 5 have been made",
        "last change HALF → OPEN: 3 of 3 trial calls failed", "3 of 3 calls, 100 %",
        "Half-open on the first call after 14:03:30.8, in 3.80 s.",
      ]
    ),
    ("Tab Down", ["◐ HALF catalog → recommendation", "1 of 3 trial calls are in; they decide."]),
    (
      "Tab Tab",
      ["▲ WARN payment on payment", "The lag grew over the whole window, from 12 to 1,204.", "lag 1,204 ↑ 42/s"]
    ),
    (
      "Tab Tab Tab Down",
      ["↺ COMPENSATED 8f3a…21c9", "undone in reverse", "first error payment gateway: no answer in 1,000 ms"]
    ),
  ])
  func theFacts(keys: String, facts: [String]) {
    var cockpit = Cockpit()
    cockpit.press(keys + " w")
    #expect(cockpit.model.popups.last?.content is WhyPopup)
    let inside = cockpit.lines.compactMap { line -> Substring? in
      let parts = line.split(separator: "│", omittingEmptySubsequences: false)
      return parts.count == 3 ? parts[1] : nil
    }
    let words = inside.joined(separator: " ").split(separator: " ").joined(separator: " ")
    for fact in facts { #expect(words.contains(fact), "\(cockpit.text)") }
    #expect(cockpit.canvas().violations == [])
  }

  /// A line of the log may be about a transaction that went by long ago.
  @Test func anOldTransactionIsReadFirst() {
    var cockpit = Cockpit()
    cockpit.press("L")
    let old = IncidentFixture.id(String(repeating: "b", count: 32))
    var line = LogLine(time: 0, level: .info, service: "order", instance: "order-1", message: "order 7 created")
    line.gtxid = old
    cockpit.send(.log(LogFilter(), [line]))
    cockpit.press("w")
    #expect(cockpit.effects.contains { if case .loadTransaction(old) = $0 { true } else { false } })
    #expect(cockpit.text.contains("reading…"))
    let summary = TransactionSummary(gtxid: old, kind: "checkout", state: .committed, start: 0, duration: 7)
    cockpit.send(.transaction(old, TransactionDetail(summary: summary, tree: CallTree.build(spans: []), log: [])))
    #expect(cockpit.text.contains("COMMITTED: every step was done."))
    cockpit.send(.transaction(old, nil))
    #expect(cockpit.text.contains("It is no longer there."))
  }

  @Test func itLivesOn() {
    var cockpit = Cockpit()
    cockpit.press("Tab w")
    var later = ShopFixture.snapshot
    later.time += 5_000_000_000
    cockpit.send(.snapshot(later))
    #expect(cockpit.text.contains("Half-open on the next call."))
    later.breakers = []
    cockpit.send(.snapshot(later))
    #expect(cockpit.text.contains("It is no longer there."))
    cockpit.press("Esc")
    #expect(cockpit.model.popups.isEmpty)
  }

  /// What may open it besides failures, as it is set now.
  @Test func howManySlowCallsOpenABreaker() {
    var cockpit = Cockpit()
    cockpit.press("Tab w")
    var later = ShopFixture.snapshot
    for index in later.breakers.indices {
      (later.breakers[index].settings.slowRateThreshold, later.breakers[index].slowRate) = (80, 20)
      later.breakers[index].settings.slowCallDuration = 6_000_000_000
    }
    cockpit.send(.snapshot(later))
    #expect(cockpit.text.contains("80 % open it"), "\(cockpit.text)")
  }

  /// What a change of it costs a breaker.
  @Test(arguments: [
    ("sliding-window-size", "The breaker keeps its state; where it is closed, its window begins anew, empty."),
    ("failure-rate-threshold", "The breaker keeps its state and its window."),
  ])
  func aSettingOfABreakerSaysWhatItCosts(name: String, sentence: String) throws {
    var snapshot = IncidentFixture.platform()
    let key = "gateway>order.breaker.\(name)"
    snapshot.configuration?.entries = [.init(key: key, value: "20"), .init(key: "order.pool", value: "20")]
    #expect(try #require(Why.text(.setting(key), snapshot)).contains(sentence))
    #expect(try #require(Why.text(.setting("order.pool"), snapshot)).contains("breaker") == false)
  }

  @Test func enterLeadsThere() {
    var cockpit = Cockpit()
    cockpit.press("Tab w Enter")
    #expect(cockpit.model.history.current == .breakers(selected: "payment>payment-gateway"))
  }

  @Test(arguments: [1, 2, 3, 7, 20])
  func wrapping(width: Int) {
    let text = "결제 게이트웨이 응답 시간 초과: averyveryverylongword 1,000 ms"
    let lines = wrapped([Run(text, .text)], width: width)
    for line in lines where width > 1 { #expect(line.cellWidth <= width) }
    let letters = lines.flatMap { $0 }.map(\.text).joined().filter { $0 != " " }
    #expect(letters == text.filter { $0 != " " })
  }

  /// What two columns can hold of a page's line says nothing.
  @Test func nothingIsLeftBesideTheBox() throws {
    var cockpit = Cockpit(IncidentFixture.snapshot(), columns: 80, rows: 24)
    cockpit.press("4 w")
    let lines = cockpit.canvas().lines
    let top = try #require(lines.firstIndex { $0.contains("╭─ why") })
    let bottom = try #require(lines.firstIndex { $0.contains("╰─") })
    #expect(bottom < 22)
    for line in lines[top...bottom] {
      #expect(line.prefix(2) == "  " && line.dropFirst(78).allSatisfy { $0 == " " }, "\(cockpit.text)")
    }
    #expect(lines[bottom + 1].allSatisfy { $0 == " " }, "\(cockpit.text)")
  }
}

import Drawing
import Operations
import Testing
import TraceModel

@testable import Dashboard

/// Keys, and where they lead: the breadcrumb and the page.
struct NavigationTests {
  @Test(arguments: [
    ("1", PageID.overview), ("2", .services), ("3", .breakers), ("4", .topics), ("5", .transactions), ("0", .faults),
    ("L", .log), ("2 [", .overview), ("2 3 4 [ [", .services), ("2 3 4 [ [ ]", .breakers), ("2 3 [ 5 ]", .transactions),
    ("2 [ [ [ [", .overview), ("] ] ]", .overview), (": text:breakers Enter", .breakers),
    (": text:brea Enter", .breakers), (": text:log_payment Enter", .log), (": Esc", .overview), ("2 Esc", .overview),
    ("Enter", .services), ("Tab Enter", .breakers), ("Tab Tab Enter", .topics), ("Tab Tab Tab Enter", .transactions),
    ("BackTab Enter", .breakers), ("6", .sagas), ("8", .data), ("9", .platform), ("2 7", .map),
    (": text:map Enter", .map), ("l", .log),
    ("4 6 8 9", .platform),
  ])
  func keysLeadToPages(keys: String, page: PageID) {
    var cockpit = Cockpit()
    cockpit.press(keys)
    #expect(cockpit.model.page == page, "after \(keys)")
    #expect(cockpit.canvas().violations == [])
  }

  @Test func aMessageFades() {
    var cockpit = Cockpit()
    cockpit.send(.tick(1_000_000_000))
    cockpit.press("[")
    cockpit.send(.tick(5_900_000_000))
    #expect(cockpit.model.message != nil)
    cockpit.send(.tick(6_000_000_000))
    #expect(cockpit.model.message == nil)
  }

  @Test func theHistoryForgetsWhatCameAfter() {
    var history = NavigationHistory()
    history.visit(.services(selected: nil))
    history.visit(.service("payment"))
    history.visit(.service("payment"))
    #expect(history.places.count == 3)
    #expect(history.back() == .services(selected: nil))
    history.visit(.topics(selected: nil))
    #expect(history.forward() == nil)
    #expect(history.back() == .services(selected: nil))
    #expect(history.back() == .overview)
    #expect(history.back() == nil)
  }

  @Test func theHistoryIsBounded() {
    var history = NavigationHistory()
    for number in 0..<1_000 { history.visit(.service("service-\(number)")) }
    #expect(history.places.count == NavigationHistory.limit)
    #expect(history.current == .service("service-999"))
  }

  @Test(arguments: ["q", "^c", ": text:q Enter", ": text:quit Enter", "? ^c", "# ^c", "/ ^c"])
  func quitting(keys: String) {
    var cockpit = Cockpit()
    cockpit.press(keys)
    guard case .quit? = cockpit.effects.last else {
      Issue.record("\(keys) asked for \(cockpit.effects)")
      return
    }
  }

  @Test func theTerminalsOwnKeys() {
    var cockpit = Cockpit()
    cockpit.press("^z ^l")
    guard case .suspend? = cockpit.effects.first, case .repaint? = cockpit.effects.last else {
      Issue.record("\(cockpit.effects)")
      return
    }
  }

  @Test func refreshRate() {
    var cockpit = Cockpit()
    cockpit.press("+")
    #expect(cockpit.model.refreshRate == 15)
    cockpit.press("- - - - - - - -")
    #expect(cockpit.model.refreshRate == 1)
  }

  @Test func yCopies() {
    var cockpit = Cockpit()
    cockpit.press("y")
    guard case .copy(let text)? = cockpit.effects.last else {
      Issue.record("\(cockpit.effects)")
      return
    }
    #expect(text == "payment-gateway")
    #expect(cockpit.lastLine == " copied payment-gateway")
  }

  @Test func tabsAreClicked() {
    var cockpit = Cockpit()
    cockpit.send(.mouse(MouseEvent(.press, column: 28, row: 1)))
    #expect(cockpit.model.page == .breakers)
    cockpit.send(.mouse(MouseEvent(.press, column: 116, row: 1)))
    #expect(cockpit.model.popups.last?.content is HelpPopup)
  }

  @Test func theBadgeOfAlertsIsClicked() throws {
    var cockpit = Cockpit()
    let column = try #require(cockpit.statusLine.firstIndex(of: "!"))
    let x = cockpit.statusLine.distance(from: cockpit.statusLine.startIndex, to: column)
    cockpit.send(.mouse(MouseEvent(.press, column: x, row: 0)))
    #expect(cockpit.model.popups.last?.content is AlertList)
    cockpit.press("Enter")
    #expect(cockpit.model.history.current == .service("payment"))
  }
}

import Drawing
import Operations
import Testing
import TraceModel

@testable import Dashboard

/// Lines of the palette, and what they ask for.
struct PaletteTests {
  @Test(arguments: [
    (
      "fault payment-gateway latency=2s ttl=30s",
      Command.arm(
        FaultSpec(target: .service("payment-gateway"), kind: .latency(2_000_000_000), timeToLive: 30_000_000_000))
    ),
    ("fault payment-gateway:errors=90%", .arm(FaultSpec(target: .service("payment-gateway"), kind: .errors(0.9)))),
    ("fault off", .endAllFaults), ("rate 500", .setRate(500)), ("speed 10", .setSpeed(.paced(10))),
    ("set order.pool 20", .configure(key: "order.pool", value: "20")),
    (
      "set route.search GET /search  > search",
      .configure(key: "route.search", value: "GET /search > search")
    ),
    ("set back 3", .rollBackConfiguration(version: 3)),
    ("scale payment 3", .scale(service: "payment", instances: 3)),
    ("deploy payment v2 canary=10%", .deploy(service: "payment", version: "v2", canary: 0.1)),
    ("deploy payment v2", .deploy(service: "payment", version: "v2", canary: nil)),
    ("deploy payment promote", .promoteDeployment(service: "payment")),
    ("deploy payment back", .rollBackDeployment(service: "payment")),
    ("speed max", .setSpeed(.asFastAsItCan)), ("rate 0.5", .setRate(0.5)),
    ("rebuild order-history", .rebuild(view: "order-history")),
    ("job rebuild order-history", .runJob(name: "rebuild order-history")),
  ])
  func commands(line: String, command: Command) {
    var cockpit = Cockpit()
    cockpit.press(":")
    cockpit.send(.paste(line))
    cockpit.press("Enter")
    guard case .perform(let asked)? = cockpit.effects.last else {
      Issue.record("\(line) asked for \(cockpit.effects)")
      return
    }
    #expect(asked == command)
    #expect(cockpit.model.popups.isEmpty)
  }

  @Test(arguments: [
    ("nonsense", "unknown command \"nonsense\"; Tab shows what there is"),
    ("save", "save wants more: otlp [FILE]"), ("save xml", "\"xml\" is no format; say save otlp"),
    ("rate fast", "\"fast\" is not a rate; say transactions a second, 0 to 10000"),
    ("rate -1", "\"-1\" is not a rate"), ("rate nan", "\"nan\" is not a rate"), ("speed 0", "\"0\" is not a speed"),
    ("refresh 100", "\"100\" is not a refresh rate"),
    ("theme pink", "unknown theme \"pink\"; there are dark, light, nord"),
    ("service nobody", "unknown service \"nobody\""),
    ("fault payment-gateway crash", "crash does not apply to payment-gateway: not our machine"),
    ("fault nobody latency=2s", "unknown service \"nobody\""),
    ("fault payment-gateway latency=fast", "latency=fast is not a duration; say latency=2s or 500ms"),
    ("set order.pool", "\"order.pool\" is no setting; say a key"), ("set back x", "\"x\" is no version"),
    ("scale payment many", "\"payment many\" is no scaling; say a service and"), ("scale", "scale wants more"),
    ("deploy payment", "where is payment to go? say payment v2, payment promote or payment back"),
    ("deploy v99", "which service is to go to \"v99\"? say review v99"),
    ("deploy paymnt", "\"paymnt\" is no service; do you mean payment?"),
    ("fault payment-gateway latency=2s@5s", "@5s is for simulate's --fault; here a fault begins at once"),
    ("deploy nobody v2", "unknown service \"nobody\""),
    ("deploy payment v2 canary=no", "\"canary=no\" is no share for a canary"),
    ("job nothing", "unknown job \"nothing\"; there are rebuild order-history"),
    ("rebuild nothing", "unknown view \"nothing\"; there are order-history"),
    ("fault", "fault wants more"), ("tx", "tx wants more"),
    ("t", "\"t\" may be topics, tail, transactions, tx and theme; type one more letter"),
    ("zx", "unknown command \"zx\"; do you mean tx?"),
    ("ovreview", "unknown command \"ovreview\"; do you mean overview?"),
    ("service paymnt", "unknown service \"paymnt\"; do you mean payment?"),
    ("fault paymnet latency=2s", "unknown service \"paymnet\"; do you mean payment?"),
    ("tail paymnt", "unknown topic \"paymnt\"; do you mean payment?"),
    ("job rebuld order-history", "unknown job \"rebuld order-history\"; do you mean"),
    ("rebuild order-histroy", "unknown view \"order-histroy\"; do you mean order-history?"),
    ("theme dakr", "unknown theme \"dakr\"; do you mean dark?"),
  ])
  func problemsStandInPlace(line: String, problem: String) {
    var cockpit = Cockpit()
    cockpit.press(":")
    cockpit.send(.paste(line))
    cockpit.press("Enter")
    #expect(cockpit.effects.isEmpty)
    let words = cockpit.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains(problem.prefix(48)), "\(cockpit.text)")
    #expect(cockpit.canvas().violations == [])
    cockpit.press("Backspace")
    #expect(!cockpit.text.contains(problem.prefix(20)))
  }

  @Test(arguments: [
    ("fau Tab", "fault "), ("fault_pay Tab", "fault payment-gateway"), ("fault_pay Tab Tab", "fault payment"),
    ("fault_payment-gateway_ Tab", "fault payment-gateway latency=2s"),
    ("fault_payment-gateway_ Tab Tab Tab", "fault payment-gateway outage"),
    ("fault_payment-gateway_latency=2s_ Tab", "fault payment-gateway latency=2s ttl=30s"), ("the Tab", "theme"),
    ("theme_ Tab", "theme dark"), ("theme_ BackTab", "theme nord"), ("xyz Tab", "xyz"), ("speed_m Tab", "speed max"),
    ("service_paymnet Tab", "service payment"), ("ovreview Tab", "overview"), ("rate_55 Tab", "rate 55"),
  ])
  func completion(keys: String, line: String) throws {
    var cockpit = Cockpit()
    cockpit.press(": text:" + keys)
    #expect(cockpit.lines.contains { $0.contains(" : " + line) }, "\(cockpit.text)")
  }

  /// It is as low as what it offers, and its first line stays where it is.
  @Test func thePaletteTakesNoMoreLinesThanItNeeds() {
    func box(_ keys: String) -> (first: Int?, lines: Int) {
      var cockpit = Cockpit(columns: 80, rows: 24)
      cockpit.press(": " + keys)
      let lines = cockpit.lines
      let top = lines.firstIndex { $0.contains("╭─ command") }
      return (top, (lines.firstIndex { $0.contains("╰") } ?? 0) - (top ?? 0) + 1)
    }
    let (all, few, none, wrong) = (box(""), box("text:fau"), box("text:rate_55"), box("text:nonsense Enter"))
    #expect(all.lines == 13 && few.lines == 6 && none.lines == 5 && wrong.lines == 5)
    #expect(Set([all.first, few.first, none.first, wrong.first]).count == 1)
  }

  @Test func earlierLinesComeBack() {
    var cockpit = Cockpit()
    cockpit.press(": text:rate_5 Enter : text:speed_2 Enter : Up Up Enter")
    guard case .perform(let command)? = cockpit.effects.last else {
      Issue.record("\(cockpit.effects)")
      return
    }
    #expect(command == .setRate(5))
    #expect(cockpit.model.commandHistory == ["speed 2", "rate 5"])
  }

  /// Whatever it is about: nothing of it is known here.
  @Test(arguments: ["fault_web_latency=2s", "scenario_slow-consumer", "scale_web_3", "rate_5", "order"])
  func aRealSystemIsOnlyWatched(line: String) {
    var snapshot = ShopFixture.quiet
    snapshot.system.kind = .attached
    var cockpit = Cockpit(snapshot)
    cockpit.press(": text:\(line) Enter")
    #expect(cockpit.text.contains("this is a real system, and msatop only watches it"), "\(cockpit.text)")
    #expect(!cockpit.effects.contains { if case .perform = $0 { true } else { false } })
  }

  @Test(arguments: ["platform_span_store", "platform_collector", "platform_spans"])
  func aTabIsFoundByAnyOfItsNames(line: String) {
    var cockpit = Cockpit()
    cockpit.press(": text:\(line) Enter")
    #expect(cockpit.model.page == .platform && cockpit.model.popups.isEmpty, "\(cockpit.text)")
  }

  @Test func themesAreTried() {
    var cockpit = Cockpit()
    cockpit.press(": text:theme Enter Down")
    #expect(cockpit.model.theme == "light")
    cockpit.press("Esc")
    #expect(cockpit.model.theme == "dark")
    cockpit.press(": text:theme_nord Enter")
    #expect(cockpit.model.theme == "nord")
  }
}

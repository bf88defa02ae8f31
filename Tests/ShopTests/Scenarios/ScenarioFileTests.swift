import Operations
import Testing
import YAMLReading

@testable import Shop

@Suite struct ScenarioFileTests {
  private static let head = "name: a\ntitle: A\nteaches: >-\n  one\n  thing\nrate: 50\nduration: 60s\n"

  private func read(_ yaml: String) -> (scenario: Scenario?, errors: [String]) {
    let report = YAMLReport(file: "s.yaml")
    let scenario = ScenarioFile.read(yaml, report)
    return (scenario, report.errors.map(\.description))
  }

  @Test func aScriptIsRead() throws {
    let (scenario, errors) = read(
      Self.head + """
        steps:
          - {at: 30s, end: "payment-gateway:outage"}
          - {at: 10s, fault: "payment-gateway:outage"}
          - {at: 40s, rate: 100}
          - {at: 41s, kill: payment/1}
          - {at: 42s, start: payment/1}
          - {at: 43s, fault: off}
        expect:
          - {by: 20s, that: "breaker payment>payment-gateway = OPEN", because: it times out}
          - {from: 0s, to: 5s, that: lag payment < 10}
          - always: health gateway != DOWN
          - finally: stuck = 0
        """)
    #expect(
      errors == [
        "s.yaml:9:20: steps[1].end is \"payment-gateway:outage\"; armed before it is nothing (all ends every fault)"
      ])
    #expect(scenario == nil)
    let (right, none) = read(
      Self.head + """
        steps:
          - {at: 10s, fault: "payment-gateway:outage"}
          - {at: 30s, end: payment-gateway}
          - {at: 40s, rate: 100}
          - {at: 41s, kill: payment/1}
          - {at: 5s, fault: off}
        expect:
          - {from: 5s, by: 20s, that: "breaker payment>payment-gateway = OPEN", because: it times out}
          - {from: 0s, to: 5s, that: lag payment < 10}
          - always: health gateway != DOWN
          - finally: stuck = 0
        """)
    #expect(none.isEmpty)
    let read = try #require(right)
    #expect(read.teaches == "one thing")
    #expect(read.seed == 1)
    #expect(
      read.steps.map(\.words) == [
        "fault off", "fault payment-gateway:outage", "end payment-gateway", "rate 100", "kill payment/1",
      ])
    #expect(
      read.expectations.map(\.words) == [
        "5s–20s once: breaker payment>payment-gateway = OPEN", "0s–5s: lag payment < 10",
        "always: health gateway != DOWN", "finally: stuck = 0",
      ])
    #expect(read.faultCount == 1)
  }

  @Test func everyMistakeIsNamedWithItsPlace() {
    let (scenario, errors) = read(
      """
      name: A b
      titel: A
      teaches: x
      seed: -1
      rate: fast
      duration: 60
      steps:
        - {at: 10s, fault: "paymnt:outage"}
        - {at: 20, kill: payment/9}
        - {at: 5s}
        - {at: 5s, rate: 1, fault: off}
      expect:
        - {by: 20s, that: lag paymnt > 1}
        - {from: 9s, to: 3s, that: lag > 1}
        - {that: lag > 1}
        - always: "errors < 5"
      """)
    #expect(scenario == nil)
    let places = errors.map { $0.split(separator: ":").dropFirst().prefix(2).joined(separator: ":") }
    #expect(
      places == [
        "1:1", "1:7", "2:1", "4:7", "5:7", "6:11", "8:22", "9:10", "9:20", "10:5", "11:5", "13:25", "14:20", "15:5",
        "16:23",
      ],
      "\(errors.joined(separator: "\n"))")
    #expect(errors[2].hasSuffix("there is no key \"titel\"; do you mean title?"))
    #expect(errors[6].contains("unknown service \"paymnt\""))
    #expect(errors[8].contains("payment/1 to 2"))
    #expect(errors[11].contains("lag of \"paymnt\" is not known"))
  }

  @Test func whatRunsIsChangedByAStep() throws {
    let (scenario, errors) = read(
      Self.head + """
        topology: shared-db
        steps:
          - {at: 1s, set: order.pool 5}
          - {at: 2s, set: shared-db.max-connections 90}
          - {at: 3s, scale: order 4}
          - {at: 4s, deploy: review v2}
          - {at: 5s, deploy: order v3-bad canary=10%}
          - {at: 6s, log-out: kim}
          - {at: 7s, fault: "db:shared:max-connections=20"}
        expect: [{always: connections < 100}]
        """)
    #expect(errors == [])
    let steps = try #require(scenario).steps
    #expect(scenario?.topology == "shared-db")
    let commands = steps.compactMap { if case .command(let command) = $0.deed { command } else { nil } }
    #expect(
      Array(commands.prefix(5)) == [
        .configure(key: "order.pool", value: "5"), .configure(key: "shared-db.max-connections", value: "90"),
        .scale(service: "order", instances: 4), .deploy(service: "review", version: "v2", canary: nil),
        .deploy(service: "order", version: "v3-bad", canary: 0.1),
      ])
    guard case .logOut(let user) = steps[5].deed else {
      Issue.record("nobody logs out")
      return
    }
    #expect(user == "kim")
  }

  @Test(arguments: [
    ("set: order.pol 5", "8:24", "there is no setting \"order.pol\"; do you mean order.pool"),
    ("set: order.pool", "8:24", "it must be a setting and its value, such as order.pool 5"),
    ("set: order.pool none", "8:35", "order.pool=none is no number of connections from 1 to 1000"),
    ("set: shared-db.max-connections 90", "8:24", "there is no setting \"shared-db.max-connections\""),
    ("scale: registry 2", "8:26", "it must be a service and how many instances: one of gateway, order, inventory"),
    ("scale: order 17", "8:26", ", and 1 to 16"),
    ("deploy: order", "8:27", "such as order v2 canary=10%: one of gateway, order"),
    ("deploy: payment-gateway v2", "8:27", "it must be a service and a version"),
    ("deploy: order v2 canary=lots", "8:27", "\"canary=lots\" is no canary; it is a share of the calls"),
    ("deploy: config v2 canary=10%", "8:27", "a canary wants a second instance, and config has one"),
    ("log-out: kimm", "8:28", "kim"),
    ("fault: \"db:shared:max-connections=20\"", "8:26", "no database server is shared"),
  ])
  func aStepThatCannotBeDoneSaysWhatCan(step: String, place: String, sentence: String) {
    let (scenario, errors) = read(Self.head + "steps: [{at: 10s, \(step)}]\nexpect: [{always: lag < 9}]\n")
    #expect(scenario == nil && errors.count == 1, "\(errors)")
    #expect(errors.first?.hasPrefix("s.yaml:\(place): ") == true, "\(errors)")
    #expect(errors.first?.contains(sentence) == true, "\(errors)")
  }

  @Test func aTopologyIsOneOfThoseThatThereAre() {
    let (scenario, errors) = read(
      Self.head + "topology: shared\nsteps: []\nexpect: [{always: turned-away revoked < 1}]\n")
    #expect(scenario == nil)
    #expect(errors.count == 2 && errors[0].hasPrefix("s.yaml:8:11: topology is \"shared\""), "\(errors)")
    #expect(errors[1].contains("turned-away of \"revoked\" is not known; there are origin-not-allowed"), "\(errors)")
  }

  @Test func timesLieWithinTheScenario() {
    let (_, errors) = read(
      Self.head + "steps: [{at: 61s, rate: 1}]\nexpect: [{by: 70s, that: lag > 1}]\n")
    #expect(
      errors == [
        "s.yaml:8:14: steps[1].at is \"61s\"; it must be 0s to 1m",
        "s.yaml:9:15: expect[1].by is \"70s\"; it must be 0s to 1m",
      ])
  }

  @Test func theListAndTheFolderAreOne() throws {
    #expect(ScenarioLibrary.all.count == 21)
    #expect(Set(ScenarioLibrary.all.map(\.name)).count == ScenarioLibrary.all.count)
    for scenario in ScenarioLibrary.all {
      #expect(scenario.teaches.count > 100, "\(scenario.name) should say what it teaches")
      #expect(scenario.expectations.count >= 4, "\(scenario.name)")
    }
  }
}

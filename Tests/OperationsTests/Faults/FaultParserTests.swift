import Operations
import Testing

@Suite struct FaultParserTests {
  private let parser = FaultParser(
    catalogue: FaultCatalogue(
      services: [
        .init(name: "order", instances: 2, hasDatabase: true, consumes: true, isOutside: false),
        .init(name: "gateway", instances: 2, hasDatabase: false, consumes: false, isOutside: false),
        .init(name: "company", instances: 1, hasDatabase: false, consumes: false, isOutside: true),
      ], edges: [.init(from: "gateway", to: "order")], databases: ["order"], groups: ["order"],
      routes: ["POST /orders", "GET /orders/{gtxid}", "ITEM_RESERVED"], users: ["kim", "lee"]))

  @Test(arguments: [
    (
      "company:latency=2s,ttl=30s",
      FaultSpec(target: .service("company"), kind: .latency(2_000_000_000), timeToLive: 30_000_000_000)
    ),
    ("order:crash", FaultSpec(target: .service("order"), kind: .crash)),
    (
      "order/2:crash,ttl=500ms",
      FaultSpec(target: .instance(service: "order", number: 2), kind: .crash, timeToLive: 500_000_000)
    ),
    ("order:errors=30%", FaultSpec(target: .service("order"), kind: .errors(0.3))),
    ("order:errors=0.3", FaultSpec(target: .service("order"), kind: .errors(0.3))),
    ("order:errors", FaultSpec(target: .service("order"), kind: .errors(1))),
    ("gateway>order:latency=7s", FaultSpec(target: .edge(from: "gateway", to: "order"), kind: .latency(7_000_000_000))),
    (
      "db:order:db-down,share=10%",
      FaultSpec(target: .database("order"), kind: .databaseDown, scope: FaultScope(share: 0.1))
    ),
    (
      "group:order:slow=500ms,partition=3",
      FaultSpec(target: .group("order"), kind: .slowConsumer(500_000_000), scope: FaultScope(partition: 3))
    ),
    ("company:outage,user=kim", FaultSpec(target: .service("company"), kind: .outage, scope: FaultScope(user: "kim"))),
    (
      "order:latency=1s,scope=route=/orders",
      FaultSpec(target: .service("order"), kind: .latency(1_000_000_000), scope: FaultScope(route: "/orders"))
    ),
  ]) func reads(text: String, spec: FaultSpec) throws {
    #expect(try parser.parse(text) == spec)
    // In the palette the same words with blanks.
    #expect(try parser.parse(String(text.map { $0 == "," ? " " : $0 })) == spec)
    #expect(try parser.parse(spec.description) == spec)
  }

  @Test func blankAfterTheTarget() throws {
    #expect(try parser.parse("company errors=90% ttl=30s") == parser.parse("company:errors=90%,ttl=30s"))
    #expect(try parser.parse("db:order db-down") == parser.parse("db:order:db-down"))
    #expect(try parser.parse("  order   crash ") == parser.parse("order:crash"))
  }

  @Test(arguments: [
    ("", "empty"), ("nobody:crash", "unknown service \"nobody\"; there are order, gateway, company"),
    ("ordr:crash", "unknown service \"ordr\"; do you mean order?"),
    ("gateway>oder:latency=1s", "do you mean gateway>order?"), ("db:ordre:db-down", "do you mean order?"),
    ("order:latncy=1s", "unknown fault \"latncy\"; do you mean latency=2s?"),
    ("order:latency=1s,tll=30s", "unknown setting \"tll\"; do you mean ttl=30s?"),
    ("order:latency=1s,user=kin", "unknown user \"kin\"; do you mean kim?"),
    ("order:latency=1s,user=nobody", "unknown user \"nobody\"; say a customer's name, such as kim"),
    ("order:latency=1s,ttl=3s,ttl=9s", "\"ttl\" is said twice"),
    ("order:latency=1s,user=kim,scope=user=lee", "\"user\" is said twice"),
    ("order:latency=1s,scope=ttl=3s,scope=ttl=9s", "\"ttl\" is said twice"),
    ("order:latency=87600h", "latency=87600h is longer than anybody waits; say 5m at most"),
    ("order:slow=301s", "say 5m at most"), ("order:leak=1B/s", "say leak=1KB/s or more"),
    ("order:latency=1s,route=/ordrs", "unknown route \"/ordrs\"; do you mean /orders?"),
    ("order:latency=1s,route=ITEM_RESERVD", "do you mean ITEM_RESERVED?"),
    ("order:latency=1s,route=/nothing", "say the path of an operation, such as /orders, or a type of record"),
    ("order", "what should happen to order?"), ("order:melt", "unknown fault \"melt\"; there are latency=2s"),
    ("order/3:crash", "order has instances 1 to 2"), ("order/0:crash", "instances 1 to 2"),
    ("order/x:crash", "instances"),
    ("order>gateway:latency=1s", "unknown edge"), ("db:gateway:db-down", "unknown database"),
    ("group:gateway:slow=1s", "unknown consumer group"), ("gateway:db-down", "keeps no database"),
    ("gateway:slow=1s", "reads no topic"), ("company:crash", "not our machine"),
    ("order:outage", "not an outside company"),
    ("gateway>order:crash", "an edge can only"), ("order:latency=fast", "is not a duration"),
    ("order:latency=0s", "is not a duration"), ("order:latency=-1s", "is not a duration"),
    ("order:errors=0%", "is not a share"), ("order:errors=101%", "is not a share"),
    ("order:crash=2", "has no intensity"),
    ("order:latency=1s,ttl=0s", "ttl=0s is not"), ("order:latency=1s,share=0%", "share=0% is not"),
    ("order:latency=1s,partition=-1", "partition=-1 is not"), ("order:latency=1s,colour=red", "unknown setting"),
    ("order:latency=1s,often", "\"often\" is not understood"),
    ("order:crash,user=kim", "a crash spares nobody; leave out user=kim"),
    ("order:crash,share=50%", "leave out share=50%"),
    ("order:db-down,route=/orders", "knows no route, user or partition; leave out route=/orders"),
    ("gateway:latency=1s,partition=2", "gateway reads no topic; leave out partition=2"),
    ("gateway>order:errors=5%,partition=2", "leave out partition=2"),
  ]) func saysWhatIsWrong(text: String, words: String) {
    let error = #expect(throws: FaultSpecError.self) { try parser.parse(text) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("\n") == false)
  }
}

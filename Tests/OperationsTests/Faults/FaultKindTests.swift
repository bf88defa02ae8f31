import Operations
import Testing

/// Kinds and targets beyond services and their calls: connections, clocks, memory, the bus and its records.
@Suite struct FaultKindTests {
  private let catalogue = FaultCatalogue(
    services: [
      .init(
        name: "order", instances: 2, hasDatabase: true, consumes: true, isOutside: false, partitions: 6,
        publishing: .throughOutbox, mistakes: [.dualWrite, .innerJoin]),
      .init(
        name: "payment", instances: 2, hasDatabase: false, consumes: true, isOutside: false, partitions: 6,
        publishing: .directly),
      .init(name: "gateway", instances: 2, hasDatabase: false, consumes: false, isOutside: false),
      .init(name: "company", instances: 1, hasDatabase: false, consumes: false, isOutside: true),
    ], edges: [.init(from: "gateway", to: "order")], databases: ["order"], groups: ["order", "payment"],
    topics: [.init(name: "order", partitions: 6)], hasSharedDatabase: true)

  private static let second: Int64 = 1_000_000_000

  @Test(arguments: [
    ("order:pool=0", FaultSpec(target: .service("order"), kind: .pool(0))),
    ("order/2:pool=3,ttl=5s", FaultSpec(target: .instance(service: "order", number: 2), kind: .pool(3), timeToLive: 5)),
    ("payment:partition", FaultSpec(target: .service("payment"), kind: .partition)),
    ("db:shared:max-connections=7", FaultSpec(target: .sharedDatabase, kind: .maxConnections(7))),
    ("broker:broker-down,ttl=10s", FaultSpec(target: .broker, kind: .brokerDown, timeToLive: 10)),
    ("topic:order:poison=2", FaultSpec(target: .topic("order"), kind: .poison(2))),
    (
      "topic:order:duplicate=5%,partition=5",
      FaultSpec(target: .topic("order"), kind: .duplicate(0.05), scope: FaultScope(partition: 5))
    ),
    (
      "group:payment:duplicate=100%,route=ITEM_RESERVED",
      FaultSpec(target: .group("payment"), kind: .duplicate(1), scope: FaultScope(route: "ITEM_RESERVED"))
    ),
    (
      "payment:lose-before-outbox,share=20%",
      FaultSpec(target: .service("payment"), kind: .loseBeforeOutbox, scope: FaultScope(share: 0.2))
    ),
    ("payment/1:skew=+2s", FaultSpec(target: .instance(service: "payment", number: 1), kind: .skew(2 * second))),
    ("gateway:skew=-500ms", FaultSpec(target: .service("gateway"), kind: .skew(-500_000_000))),
    ("order:dual-write", FaultSpec(target: .service("order"), kind: .mistake(.dualWrite))),
    (
      "order:inner-join,ttl=5s", FaultSpec(target: .service("order"), kind: .mistake(.innerJoin), timeToLive: 5)
    ),
    ("order/1:leak=10MB/s", FaultSpec(target: .instance(service: "order", number: 1), kind: .leak(10_000_000))),
    ("order:leak=512KB/s", FaultSpec(target: .service("order"), kind: .leak(512_000))),
  ]) func reads(text: String, spec: FaultSpec) throws {
    var spec = spec
    spec.timeToLive = spec.timeToLive.map { $0 * Self.second }
    let parser = FaultParser(catalogue: catalogue)
    #expect(try parser.parse(text) == spec)
    #expect(try parser.parse(String(text.map { $0 == "," ? " " : $0 })) == spec)
    #expect(spec.description == text)
  }

  @Test(
    arguments: [
      (47_500_000_000, "47.5s"), (1_200_000_000, "1.2s"), (500_000_000, "500ms"), (90_000_000_000, "90s"),
      (120_000_000_000, "2m"), (7_000, "7us"),
    ] as [(Int64, String)]) func durationsAreAsShortAsTheyCanBe(nanoseconds: Int64, text: String)
  {
    #expect(FaultNotation.duration(nanoseconds) == text)
    #expect(FaultNotation.nanoseconds(text) == nanoseconds)
  }

  @Test func decimalsAreReadExactly() {
    let wrong = (1...60_000 as ClosedRange<Int64>).filter { milliseconds in
      let nanoseconds = milliseconds * 1_000_000
      let words = ["\(milliseconds)ms", "\(Double(milliseconds) / 1e3)s", FaultNotation.duration(nanoseconds)]
      return words.contains { FaultNotation.nanoseconds($0) != nanoseconds }
    }
    #expect(wrong == [])
    #expect(FaultNotation.bytesPerSecond("1.001KB/s") == 1_001)
  }

  @Test func withoutAnIntensityItIsTheUsualOne() throws {
    let parser = FaultParser(catalogue: catalogue)
    for (text, kind) in [
      ("order:pool", FaultKind.pool(0)), ("order:skew", .skew(2 * Self.second)),
      ("order:skew=2s", .skew(2_000_000_000)),
      ("order:leak", .leak(10_000_000)), ("topic:order:poison", .poison(1)),
      ("topic:order duplicate", .duplicate(0.05)), ("broker broker-down", .brokerDown),
    ] {
      #expect(try parser.parse(text).kind == kind, "\(text)")
    }
    for name in FaultKind.Name.allCases { #expect(name.usual.name == name && name.example.hasPrefix(name.rawValue)) }
  }

  @Test(arguments: [
    ("kv:crash", "kv cannot be broken: this shop has no key-value store"),
    ("kv", "this shop has no key-value store"), ("kv latency=2s", "this shop has no key-value store"),
    ("topic:payments:poison=1", "unknown topic \"payments\"; there are order"),
    ("db:shared:db-down", "a shared server can only take fewer connections; there are max-connections=20"),
    ("db:shared:max-connections=0", "is not a number of connections from 1 to 1000"),
    ("order:max-connections=5", "say db:shared"), ("db:order:max-connections=5", "a database can only be down"),
    ("broker", "what should happen to broker? there are broker-down"),
    ("broker:crash", "a broker can only be down"),
    ("topic:order:crash", "a topic can only hold poison or records twice"),
    ("topic:order", "there are poison=1, duplicate=5%"),
    ("group:order:poison=1", "a group can only be slow or be given"),
    ("order:broker-down", "say broker"), ("order:poison=1", "strikes a topic; say topic:"),
    ("gateway:pool=0", "keeps no database"), ("gateway:partition", "neither reads a topic nor publishes"),
    ("company:skew=1s", "not our machine"), ("company:leak", "not our machine"),
    ("order:lose-before-outbox", "its outbox loses nothing"),
    ("gateway:lose-before-outbox", "publishes nothing"), ("gateway>order:skew=1s", "an edge can only"),
    ("order:pool=-1", "pool=-1 is not a number of connections from 0 to 1000; say pool=0"),
    ("order:pool=few", "is not a number of connections"), ("topic:order:poison=0", "records from 1 to 1000"),
    ("topic:order:duplicate=0%", "duplicate=0% is not a share of the records; say duplicate=5%"),
    ("order:skew=0s", "is not an offset"), ("order:skew=soon", "say skew=+2s or skew=-500ms"),
    ("order:skew=+-2s", "is not an offset"), ("order:skew=2m", "say 60s at most"),
    ("order:leak=0MB/s", "is not bytes a second; say leak=10MB/s"), ("order:leak=fast", "is not bytes a second"),
    ("order:leak=10", "is not bytes a second"), ("order:leak=10MB", "leak=10MB is not bytes a second; say leak=10MB/s"),
    ("order:leak=10 MB/s", "leak=10 MB/s is not bytes a second"),
    ("order:latency=2 s,ttl=3s", "latency=2 s is not a duration"),
    ("order latency=2 s", "latency=2 s is not a duration"), ("order:crash,ttl=3 s", "ttl=3 s is not a duration"),
    ("order:crash,ttl=3 share=20%", "ttl=3 is not a duration"), ("order:crash,ttl=3s s", "\"s\" is not understood"),
    ("payment:partition=3", "partition has no intensity; leave out \"=3\""),
    ("broker:broker-down=1", "has no intensity"), ("payment:lose-before-outbox=1", "has no intensity"),
    ("order:no-breaker", "no-breaker does not apply to order: calls nobody"),
    ("order:no-idempotency", "a repetition does no harm"),
    ("payment:dual-write", "publishes through no outbox"), ("payment:inner-join", "joins no streams"),
    ("order/1:inner-join", "all its instances run one program; say order"),
    ("order/1:no-breaker", "no-breaker does not apply to order/1: calls nobody"),
    ("order:dual-write=1", "has no intensity"), ("gateway>order:no-breaker", "an edge can only"),
    ("order:dual-write,user=kim", "what is built wrong is so for everybody; leave out user=kim"),
    ("order:pool=0,share=20%", "a pool is there for everybody; leave out share=20%"),
    ("payment:partition,route=ITEM_RESERVED", "cut off is so for everybody; leave out route=ITEM_RESERVED"),
    ("payment:partition,partition=3", "leave out partition=3"),
    ("broker:broker-down,user=kim", "a broker that is down is so for everybody; leave out user=kim"),
    ("order:skew=1s,share=20%", "a clock is wrong for everybody; leave out share=20%"),
    ("order:leak,user=kim", "memory is there for everybody; leave out user=kim"),
    ("topic:order:poison=1,share=20%", "poison is counted, and has no user; leave out share=20%"),
    ("topic:order:poison=1,partition=6", "topic:order has 6 partitions, 0 to 5; there is no partition=6"),
    ("topic:order:duplicate=5%,share=20%", "duplicate says its share itself; leave out share=20%"),
    ("group:order:duplicate=5%,user=kim", "leave out user=kim"),
    ("group:order:duplicate=5%,partition=9", "there is no partition=9"),
    ("payment:lose-before-outbox,user=kim", "no user or partition yet; leave out user=kim"),
  ]) func saysWhatIsWrong(text: String, words: String) {
    let error = #expect(throws: FaultSpecError.self) { try FaultParser(catalogue: catalogue).parse(text) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("\n") == false)
  }

  @Test func whereThereIsNoBusNoneCanBreak() {
    let parser = FaultParser(catalogue: FaultCatalogue())
    let error = #expect(throws: FaultSpecError.self) { try parser.parse("broker:broker-down") }
    #expect(error?.description == "broker cannot be broken: this shop has no event bus")
  }

  @Test func keyValueStoreCanBeFullSlowOrDown() throws {
    var catalogue = catalogue
    catalogue.hasKeyValueStore = true
    #expect(catalogue.absence(of: .keyValueStore) == nil)
    let parser = FaultParser(catalogue: catalogue)
    for (text, kind) in [
      ("kv:full", FaultKind.full), ("kv:slow=300ms", .slowConsumer(300_000_000)), ("kv:down,share=20%", .down),
    ] {
      let spec = try parser.parse(text)
      #expect(spec.target == .keyValueStore && spec.kind == kind && spec.description == text)
    }
    for (text, words) in [
      ("kv:crash", "can only be full, slow or down"), ("order:full", "say kv"), ("kv:full=1", "has no intensity"),
      ("kv:slow=1s,user=kim", "knows keys alone; leave out user=kim"), ("kv:full,share=20%", "leave out share=20%"),
    ] {
      let error = #expect(throws: FaultSpecError.self) { try parser.parse(text) }
      #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
  }
}

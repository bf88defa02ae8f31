import Drawing
import Operations
import Testing
import TraceCollector
import TraceModel

@testable import Dashboard

struct CallTreeKeyTests {
  static func stage(
    _ detail: TransactionDetail = TransactionFixture.detail, columns: Int = 118, rows: Int = 36,
    glyphs: GlyphSet = .utf8
  ) -> PageStage<TransactionsPage> {
    var stage = PageStage(
      TransactionsPage(), TransactionFixture.snapshot, columns: columns, rows: rows, glyphs: glyphs)
    stage.context.transaction = detail
    _ = stage.go(to: .transaction(detail.summary.gtxid, span: nil))
    return stage
  }

  /// The row under the cursor: its hop, or what it is.
  private func current(_ stage: PageStage<TransactionsPage>) -> String {
    guard let tree = stage.page.tree?.tree, let row = stage.page.tree?.current else { return "none" }
    return tree.rows[row].ltxid?.description ?? tree.rows[row].operation
  }

  @Test(arguments: [
    ("", "#1"), ("j", "#2"), ("j j j", "ORDER_CREATE"), ("G", "#9"), ("Right", "#2"), ("Right Right", "#3"),
    ("j j Left", "#2"), ("j Left", "#2"), ("j Left Left", "#1"), ("j Enter j", "#8"), ("j Left j", "#8"),
    ("j Enter Enter j", "#3"), ("n", "#6"), ("n N", ""), ("N", ""), ("n n", ""), ("Left n", "#6"),
    ("e j j j", "#5"), ("Esc", "#1"),
  ]) func keysMoveAndFold(_ keys: String, expected: String) {
    var stage = Self.stage()
    stage.press(keys)
    #expect(current(stage) == expected, "\(keys)")
  }

  @Test func foldedWorkIsCounted() {
    var stage = Self.stage()
    stage.press("j Enter")
    #expect(stage.picture().contains("#2    ▸ order createOrder  +13"))
  }

  /// What a gateway's filters did is there to be seen, and in nobody's way.
  @Test func filtersAreFoldedUntilSomebodyWantsToSeeThem() {
    typealias Fixture = TransactionFixture
    let filters = [SpanAttribute(AttributeName.filters, "routing revocation")]
    var detail = Fixture.detail
    detail.tree = CallTree.build(spans: [
      Fixture.span(1, hop: 1, .server, "gateway", "POST /orders", from: 0, to: 9),
      Fixture.span(2, under: 1, hop: 1, .internal, "gateway", "PRE auth", from: 1, to: 3, attributes: filters),
      Fixture.span(3, under: 2, hop: 1, .internal, "gateway", "routing", from: 1, to: 1),
      Fixture.span(4, under: 2, hop: 1, .internal, "gateway", "revocation", from: 1, to: 3),
      Fixture.span(5, under: 1, hop: 2, .client, "gateway", "POST /orders", from: 3, to: 8, peer: "order"),
    ])
    var stage = Self.stage(detail)
    #expect(stage.picture().contains("▸ gateway PRE auth  +2") && stage.page.tree?.visible.count == 3)
    stage.press("j Right j j")
    #expect(stage.page.tree?.visible.count == 5 && current(stage) == "revocation")
    stage.press("Left Left")
    #expect(stage.page.tree?.visible.count == 3 && current(stage) == "PRE auth")
    _ = stage.go(to: .transaction(Fixture.undoneID, span: SpanID(4)))
    #expect(current(stage) == "revocation", "whoever goes to a filter finds it unfolded")
    stage.press("Left Left")
    _ = stage.page.narrow(to: "routing", stage.context)
    #expect(stage.picture().contains("gateway routing"), "a search finds what is folded")
  }

  @Test func theCriticalPathIsNamed() {
    var stage = Self.stage()
    #expect(stage.picture().contains("┃ critical transaction 100 %"))
    #expect(stage.press("p").sentence?.hasPrefix("critical path of the request") == true)
    #expect(stage.picture().contains("┃ critical request 100 %"))
    stage.press("p")
    #expect(stage.picture().contains("critical path off") && !stage.picture().contains("┃#"))
    stage.press("p")
    #expect(stage.picture().contains("┃ critical transaction"))
  }

  @Test func zoomAndPan() {
    var stage = Self.stage()
    stage.press("j + + + +")
    #expect(stage.picture().contains("×16 from +0 ms"))
    stage.press("Right")
    #expect(stage.picture().contains("×16 from +32 ms"), "pans and does not move in the tree")
    stage.press("- - - -")
    #expect(!stage.picture().contains("×" + "16"))
    stage.press("+ z")
    #expect(stage.page.tree?.axis == TimeAxis())
  }

  @Test func searchShowsTheWayToWhatMatches() {
    var stage = Self.stage()
    #expect(stage.page.narrow(to: "release CREDIT", stage.context) == nil)
    #expect(stage.page.tree?.visible.count == 3 && current(stage) == "#9")
    _ = stage.page.narrow(to: "currency=krw", stage.context)
    #expect(current(stage) == "#6")
    _ = stage.page.narrow(to: "no such thing", stage.context)
    #expect(stage.picture().contains("Nothing in this tree matches.  Esc shows all"))
    stage.press("Esc")
    #expect(stage.page.tree?.visible.count == 17)
  }

  @Test func theThreeDisplaysKeepTheRow() {
    var stage = Self.stage()
    stage.press("n t")
    #expect(stage.page.tree?.display == .flame && current(stage) == "#6")
    stage.press("k")
    #expect(current(stage) == "#5")
    stage.press("t")
    #expect(stage.page.tree?.display == .events && current(stage) == "#5")
    #expect(stage.picture().contains("│ ERROR payment-2 call not permitted: breaker payment-gateway is OPEN"))
    stage.press("t")
    #expect(stage.page.tree?.display == .tree && current(stage) == "#5")
  }

  @Test func whatItIsAboutForTheKeysOfTheFrame() {
    var stage = Self.stage()
    stage.press("n")
    let span = SpanID(0xb7ad_6b71_6920_3331)!
    #expect(stage.page.subject(stage.context) == .span(TransactionFixture.undoneID, span))
    #expect(stage.page.breadcrumb(stage.context) == ["transactions", "8f3a…21c9", "#6"])
    _ = stage.go(to: .transactions(filter: nil))
    #expect(stage.page.list.current?.gtxid == TransactionFixture.undoneID, "back on its row")
  }

  @Test func aPlaceInTheTreeCanBeGoneTo() {
    var stage = Self.stage()
    _ = stage.go(to: .transaction(TransactionFixture.undoneID, span: SpanID(12)))
    #expect(current(stage) == "#9")
  }

  @Test func theWheelAndClicks() {
    var stage = Self.stage()
    let line = stage.line(of: "release credit") ?? 0
    stage.point(.press, column: 20, row: line)
    #expect(current(stage) == "#9")
    stage.point(.doubleClick, column: 20, row: stage.line(of: "createOrder") ?? 0)
    #expect(stage.page.tree?.visible.count == 4)
    #expect(stage.point(.press, column: 20, row: 35) == nil)
  }

  @Test func sIsSavedAsJSON() throws {
    var stage = Self.stage()
    guard case .effect(.save(let name, let text))? = stage.press("S")?.first else {
      Issue.record("nothing is saved")
      return
    }
    #expect(name == "transaction-8f3a91c07b5e44d2a6f0c3d91e7721c9.json")
    #expect(text.contains("\"customerSees\": \"cancelled\"") && text.contains("\"id\": \"b7ad6b7169203331\""))
  }
}

/// Everything that a sender said of a span can be seen.
struct SpanPopupTests {
  private func stage(columns: Int = 118, rows: Int = 60) -> Cockpit {
    typealias Fixture = TransactionFixture
    var span = Fixture.span(
      2, under: 1, hop: 2, .server, "order", "createOrder", from: 2, to: 9,
      attributes: [
        SpanAttribute("order.note", "a text that is longer than the place that a line below the tree has for it")
      ])
    span.events = [SpanEvent(time: span.start + 1_000_000, name: "retried", attributes: [SpanAttribute("try", 2)])]
    span.links = [
      SpanLink(
        gtxid: Fixture.id("4bf92f3577b34da6a3ce929d0e0e4736"), span: SpanID(77)!,
        attributes: [SpanAttribute("why", "batch")])
    ]
    span.origin = SpanOrigin(
      resource: .init(attributes: [SpanAttribute("host.name", "node-7")], schema: "https://example.org/1.2"),
      scope: .init(name: "io.http", version: "1.9"))
    (span.traceState, span.flags, span.dropped) = ("vendor=a:1", 0x301, DroppedCounts(attributes: 3, links: 1))
    var detail = Fixture.detail
    detail.tree = CallTree.build(spans: [
      Fixture.span(1, hop: 1, .server, "gateway", "POST /orders", from: 0, to: 10), span,
    ])
    var cockpit = Cockpit(Fixture.snapshot, columns: columns, rows: rows)
    cockpit.press("5 j j j j j j Enter")
    cockpit.send(.transaction(Fixture.undoneID, detail))
    cockpit.press("j d")
    return cockpit
  }

  @Test func everythingThatWasSentIsShown() {
    let text = stage().text
    for part in [
      "server span  order createOrder", "a text that is longer than the place that a line below the tree has for it",
      "retried", "4bf92f3577b34da6a3ce929d0e0e4736", "batch", "node-7", "https://example.org/1.2", "io.http", "1.9",
      "vendor=a:1", "0x301", "3 attributes, 1 link",
    ] { #expect(text.contains(part), "\(part) is not in\n\(text)") }
  }

  @Test func whereItIsSmallItScrolls() {
    var cockpit = stage(columns: 80, rows: 24)
    #expect(cockpit.text.contains("more lines") && !cockpit.text.contains("io.http"))
    cockpit.press("G")
    #expect(cockpit.text.contains("io.http") && cockpit.lastLine.contains("↑↓ scroll"))
    cockpit.press("Esc")
    #expect(!cockpit.text.contains("io.http"))
  }
}

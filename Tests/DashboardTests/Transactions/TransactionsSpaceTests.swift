import Drawing
import Operations
import Testing
import TraceCollector
import TraceModel

@testable import Dashboard

/// Nothing overlaps, wraps or is cut mid-figure, whatever the size and whatever the data.
struct TransactionsSpaceTests {
  static let sizes = [(40, 12), (53, 17), (60, 20), (70, 24), (80, 24), (100, 30), (118, 36), (120, 40), (200, 60)]

  /// Spans no design was drawn for: names too long, too wide or hostile, no times, no parents, no hops.
  static let hostile: TransactionDetail = {
    let names = ExtremeFixture.names
    var spans = (1...60).map { number -> TraceSpan in
      let name = names[number % names.count]
      var span = TransactionFixture.span(
        UInt64(number), under: number % 7 == 0 ? 999 : UInt64(max(1, number - 1)),
        SpanKind.allCases[number % SpanKind.allCases.count], name, names[(number + 1) % names.count],
        from: Int64(number), to: number % 3 == 0 ? nil : 4_000_000_000, error: number % 5 == 0 ? names[4] : nil,
        peer: name,
        attributes: [
          SpanAttribute(name, .text(names[0])), SpanAttribute(AttributeName.state, .text(names[4])),
          SpanAttribute(AttributeName.offset, .integer(.max)), SpanAttribute(AttributeName.attempts, .integer(.max)),
          SpanAttribute(AttributeName.attempt, .integer(9_999)), SpanAttribute(AttributeName.undoes, 4_000_000_000),
        ],
        events: [
          TransactionFixture.event(1, SpanEventName.backOff), TransactionFixture.event(2, SpanEventName.breaker),
          TransactionFixture.event(3, SpanEventName.refused), TransactionFixture.event(4, SpanEventName.duplicate),
        ])
      span.instance = name
      return span
    }
    spans[0].parent = nil
    var summary = TransactionFixture.undone
    (summary.kind, summary.user, summary.amount, summary.customerSees) = (names[4], names[0], names[1], names[4])
    (summary.duration, summary.start) = (.max, .min)
    let log = names.map { name in
      LogLine(
        time: .max, level: .error, service: names[1], instance: name, gtxid: summary.gtxid, ltxid: nil, message: name)
    }
    return TransactionDetail(summary: summary, tree: CallTree.build(spans: spans), log: log)
  }()

  static let plain = TransactionFixture.detail

  static var crowded: SystemSnapshot {
    var snapshot = TransactionFixture.snapshot
    snapshot.transactions += ExtremeFixture.names.enumerated().map { index, name in
      var row = TransactionFixture.undone
      row.gtxid = TransactionFixture.id("abc\(index)")
      (row.kind, row.firstError, row.services) = (name, name, ExtremeFixture.names)
      (row.duration, row.start, row.hops, row.errors) = (.max, .min, .max, .max)
      row.state = TransactionState.allCases[index]
      return row
    }
    (snapshot.tally.running, snapshot.tally.stuck, snapshot.tally.compensating) = (.max, .max, .max)
    snapshot.program.receivers = [ReceiverSnapshot(name: "zipkin 127.0.0.1:9411")]
    return snapshot
  }

  @Test(arguments: sizes, [GlyphSet.utf8, .ascii]) func theList(_ size: (Int, Int), glyphs: GlyphSet) {
    for snapshot in [
      TransactionFixture.snapshot, Self.crowded, SystemSnapshot(system: TransactionFixture.snapshot.system, time: 0),
    ] {
      var stage = PageStage(TransactionsPage(), snapshot, columns: size.0, rows: size.1, glyphs: glyphs)
      _ = stage.picture()
      stage.press("m s G")
      _ = stage.picture()
      _ = stage.page.narrow(to: "kind~\"a very long filter indeed\" or err and not overdue", stage.context)
      _ = stage.picture()
    }
  }

  @Test(arguments: sizes, [GlyphSet.utf8, .ascii]) func theTree(_ size: (Int, Int), glyphs: GlyphSet) {
    for detail in [Self.plain, Self.hostile] {
      for keys in ["", "n + +", "e", "p p G", "j Enter", "t j", "t t G"] {
        var stage = CallTreeKeyTests.stage(detail, columns: size.0, rows: size.1, glyphs: glyphs)
        stage.press(keys)
        let violations = stage.canvas().violations
        #expect(violations.isEmpty, "\(size) \(glyphs) \(keys)")
      }
    }
  }

  @Test(arguments: sizes, [GlyphSet.utf8, .ascii]) func twoBesideEachOther(_ size: (Int, Int), glyphs: GlyphSet) {
    var stage = PageStage(
      TransactionsPage(), TransactionFixture.snapshot, columns: size.0, rows: size.1, glyphs: glyphs)
    stage.press("m j m")
    for (index, hostile) in [true, false].enumerated() {
      var detail = hostile ? Self.hostile : TransactionFixture.detail
      detail.summary.gtxid = TransactionFixture.list[index].gtxid
      stage.context.transaction = detail
      _ = stage.page.refresh(stage.context)
    }
    _ = stage.picture()
    stage.press("G")
    _ = stage.picture()
  }

  @Test func anOutsideTransactionWithoutHopNumbers() {
    let spans = [
      TransactionFixture.span(1, .server, "frontend", "GET /", from: 0, to: 100),
      TransactionFixture.span(2, under: 1, .client, "frontend", "GET /api", from: 10, to: 90, peer: "backend"),
      TransactionFixture.span(3, under: 99, .server, "lost", "GET /lost", from: 20, to: 30),
    ]
    var detail = TransactionFixture.detail
    detail.tree = CallTree.build(spans: spans)
    detail.summary.isExternal = true
    var stage = CallTreeKeyTests.stage(detail)
    let picture = stage.picture()
    #expect(picture.contains(" · ") && picture.contains("parent not reported"))
    stage.press("G")
    #expect(stage.picture().contains("skew –"))
  }

  @Test func onlyRowsInSightAreDrawn() {
    var spans = [TransactionFixture.span(1, hop: 1, .server, "gateway", "root", from: 0, to: 20_000)]
    for number in UInt64(2)...10_001 {
      spans.append(
        TransactionFixture.span(
          number, under: 1, hop: UInt32(number), .server, "service-\(number)", "work", from: Int64(number),
          to: Int64(number) + 1))
    }
    var detail = TransactionFixture.detail
    detail.tree = CallTree.build(spans: spans)
    var stage = CallTreeKeyTests.stage(detail)
    stage.press("G")
    let picture = stage.picture()
    #expect(picture.contains("#10001   service-10001 work") || picture.contains("service-10001"))
    #expect(!picture.contains("service-2 ") && stage.page.tree?.cursor.offset ?? 0 > 9_900)
  }
}

import Testing

@testable import Dashboard

/// What page 0 looks like, character by character.
struct FaultsPictureTests {
  private func page(_ columns: Int, _ rows: Int, _ keys: String = "") -> String {
    var stage = PageStage(FaultsPage(), FaultsFixture.incident, columns: columns, rows: rows)
    stage.press(keys)
    return stage.picture().trimmedEnd
  }

  @Test func at118() {
    let picture = page(118, 36, "j j j Right Right")
    #expect(
      picture == """
          ↯ armed now ─────────────────────────────────────────────────── 1 fault on   touches 46 req/s   press ! to end all
            kind      on                             strength  share   hit  armed at                                    left
          ↯ latency   payment-gateway                +2 s      100 %   287  14:02:57  ━━━━━━━━━━━━━━━━━━━━──────────    60 s
            since then  ✗ 2 failing  ▲ 1 degraded  ○ 1 opened  lag 1,204 ↑  ↺ 119 compensated

          what can be broken ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ · can   ↯ armed   blank: does not apply
                             crash   latency errors  db-down outage  slow    pool    cut off leak    skew    lost      req/s
          ✗ payment-gateway          ↯ +2 s  ·               ·                                                           0.3
          ✗ payment          ·       ·       ·                       ·               ·       ·       ·                   4.1
          ▲ gateway          ·       ·       ·                                               ·       ·                   214
         ▌● inventory        ·       ·       ·       · off           ·       ·       ·       ·       ·                    50
          ● order            ·       ·       ·       ·               ·       ·       ·       ·       ·                    46

          before you arm: database down on inventory ───────────────────────────────────────────────────────────────────────
          touches   50 req/s   2 instances   4 of 10 connections in use
          behind it order  ← gateway     reads inventory

          scope all instances   for 30 s   then it heals by itself
        """, "\n\(picture)")
  }

  /// Where not every kind has room for a column, the columns move with the one that is chosen.
  @Test func columnsMoveWithTheCursor() {
    let lines = page(80, 24, "j Right Right Right Right").split(separator: "\n").map(String.init)
    let headings = lines.first { $0.contains("db-down") } ?? ""
    #expect(headings.split(separator: " ") == ["db-down", "outage", "slow", "pool", "cut", "off", "leak", "req/s"])
    #expect(lines.contains { $0.contains("memory leak on payment") })
  }

  @Test func at80() {
    let picture = page(80, 24)
    #expect(
      picture == """
          ↯ armed now ───────────── 1 fault on   touches 46 req/s   press ! to end all
            kind      on                       strength  share   hit  armed at    left
          ↯ latency   payment-gateway          +2 s      100 %   287  14:02:57    60 s
            since then  ✗ 2 failing  ○ 1 opened  lag 1,204 ↑  ↺ 119 compensated
          what can be broken ━━━━━━━━━━━━━━━━━ · can   ↯ armed   blank: does not apply
                             crash   latency errors  db-down outage  slow        req/s
         ▌✗ payment-gateway          ↯ +2 s  ·               ·                     0.3
          ✗ payment          ·       ·       ·                       ·             4.1
          ▲ gateway          ·       ·       ·                                     214
          ● inventory        ·       ·       ·       ·               ·              50
          ● order            ·       ·       ·       ·               ·              46
          armed: latency on payment-gateway ──────────────────────────────────────────
          touches   0.3 req/s   1 instance
          behind it payment
          guarded   by ○ payment-1 → payment-gateway

          ↵ switches it off and on   x takes it off
        """, "\n\(picture)")
  }

  @Test func at60() {
    let picture = page(60, 20)
    #expect(
      picture == """
          ↯ armed now ────────────── 1 fault on   touches 46 req/s
            kind      on             strength  share   hit    left
          ↯ latency   paymen…ateway  +2 s      100 %   287    60 s
            since then  ✗ 2 failing  ○ 1 opened  ↺ 119 compensated
          what can be broken ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
            service          how                             req/s
         ▌✗ payment-gateway  ◂ latency ↯ +2 s ▸                0.3
          ✗ payment                                            4.1
          ▲ gateway                                            214
          ● inventory                                           50
          ● order                                               46
          armed: latency on payment-gateway ──────────────────────
          touches   0.3 req/s   1 instance
          behind it payment
          guarded   by ○ payment-1 → payment-gateway

          ↵ switches it off and on   x takes it off
        """, "\n\(picture)")
  }
}

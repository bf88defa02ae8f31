import Testing

@testable import Dashboard

/// What page 3 looks like in an incident, character by character.
@Suite struct BreakersPagePictureTests {
  @Test func at118() {
    let stage = PageStage(BreakersPage(), columns: 118, rows: 36)
    let wanted = """
        breakers ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 1 open  1 half-open  11 closed
        state▾    caller → called               last 60 s                          failure   slow  calls  rejected   since
       ▌○ OPEN    payment-1 → payment-gateway   ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▆▆▆▆▆▄▆▆▆▆▆▄▆▆▆       100 %      –    3/3       287  6.20 s
        ◐ HALF    catalog-1 → recommendation    ▂▂▂▂▆▆▆▆▆▄▂▂▂▂▂▂▂▂▂▂▂▂▂▂▆▆▆▆▆▄   1/3 calls      –    1/3        88  1.10 s
        ● CLOSED  gateway-1 → catalog           ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂         0 %    0 %  10/10         0     2 h
        ● CLOSED  gateway-1 → order             ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂         0 %    0 %  10/10         0     2 h
        ● CLOSED  gateway-1 → search            ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂         0 %    0 %  10/10         0     2 h
        ● CLOSED  gateway-1 → cart              ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂         0 %    0 %  10/10         0     2 h
        ● CLOSED  gateway-1 → member            ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂        10 %    0 %  10/10         0     2 h
        ● CLOSED  gateway-1 → order-history     ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂         0 %    0 %  10/10         0     2 h
        ● CLOSED  catalog-1 → item              ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂         0 %    0 %  10/10         0     2 h
        ● CLOSED  catalog-1 → review            ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂         0 %    0 %  10/10         0     2 h
        ● CLOSED  order-1 → customer            ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂         0 %    0 %  10/10         0     2 h
        ● CLOSED  search-1 → member             ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂  4/10 calls      –   4/10         0     2 h
        ● CLOSED  shipping-1 → customer         ▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂  1/10 calls      –   1/10         0     2 h

        ○ OPEN  payment-1 → payment-gateway ──────────────────── COUNT 10  fails ≥50 %  slow >6.00 s  trial 3  wait 10.0 s

        next trial in   3.80 s   ━━━━━━━━━━━━━━━━━━━───────────    transitions                                      stayed
                                                                   14:03:20.8  ◐ H → ○ O  3 of 3 failed             6.20 s
        the trial       3 of 3    ✗  ✗  ✗                          14:03:19.8  ○ O → ◐ H  a call after the wait     1.00 s
                                                                   14:03:09.7  ◐ H → ○ O  3 of 3 failed             10.1 s
        tripped by      5 of 10   ✓  ✓  ✓  ✗  ✓  ✓  ✗  ✗  ✗  ✗     14:03:08.7  ○ O → ◐ H  a call after the wait     1.00 s
                                                   newest right    14:02:58.6  ● C → ○ O  50 % ≥ 50 %               10.1 s
                                                                   12:04:10.3        ● C  started                   1h 58m
        the calls       ✗ 8f3a…21c9            1.00 s  time-out
                        ✗ 02be…21c9            1.00 s  time-out
                        ✗ c90d…21c9            1.00 s  time-out    cause  ↯ latency +2 s   then  lag payment 1,204 ↑
                        ✗ 5a17…21c9            1.00 s  time-out
                        ✗ e6f2…21c9            1.00 s  time-out
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  @Test func at80() {
    let stage = PageStage(BreakersPage(), columns: 80, rows: 24)
    let wanted = """
        breakers  1–11/13 ━━━━━━━━━━━━━━━━━━━━━━━━━━━ 1 open  1 half-open  11 closed
        state▾    caller → called                   failure  calls  rejected   since
       ▌○ OPEN    payment-1 → payment-gateway         100 %    3/3       287  6.20 s
        ◐ HALF    catalog-1 → recommendation      1/3 calls    1/3        88  1.10 s
        ● CLOSED  gateway-1 → catalog                   0 %  10/10         0     2 h
        ● CLOSED  gateway-1 → order                     0 %  10/10         0     2 h
        ● CLOSED  gateway-1 → search                    0 %  10/10         0     2 h
        ● CLOSED  gateway-1 → cart                      0 %  10/10         0     2 h
        ● CLOSED  gateway-1 → member                   10 %  10/10         0     2 h
        ● CLOSED  gateway-1 → order-history             0 %  10/10         0     2 h
        ● CLOSED  catalog-1 → item                      0 %  10/10         0     2 h
        ● CLOSED  catalog-1 → review                    0 %  10/10         0     2 h
        ● CLOSED  order-1 → customer                    0 %  10/10         0     2 h
        ○ OPEN  payment-1 → payment-gateway ──── COUNT 10  fails ≥50 %  slow >6.00 s
        next trial in   3.80 s   ━━━━━━━━━━━━━━━━━━━───────────
        the trial       3 of 3    ✗  ✗  ✗
        tripped by      5 of 10   ✓  ✓  ✓  ✗  ✓  ✓  ✗  ✗  ✗  ✗
        the calls       ✗ 8f3a…21c9                                 1.00 s  time-out
                        ✗ 02be…21c9                                 1.00 s  time-out
                        ✗ c90d…21c9                                 1.00 s  time-out
                        ✗ 5a17…21c9                                 1.00 s  time-out
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  @Test func atItsOwnPage() {
    var stage = PageStage(BreakersPage(), columns: 80, rows: 24)
    stage.press("Enter")
    let wanted = """
        ○ OPEN  payment-1 → payment-gateway ━━━━ COUNT 10  fails ≥50 %  slow >6.00 s
        next trial in   3.80 s   ━━━━━━━━━━━━━━━━━━━───────────

        the trial       3 of 3    ✗  ✗  ✗

        tripped by      5 of 10   ✓  ✓  ✓  ✗  ✓  ✓  ✗  ✗  ✗  ✗
                                                   newest right

        the calls      ▌✗ e6f2…21c9                                 1.00 s  time-out
                        ✗ 5a17…21c9                                 1.00 s  time-out
                        ✗ c90d…21c9                                 1.00 s  time-out
                        ✗ 02be…21c9                                 1.00 s  time-out
                        ✓ 55ee…21c9                                  84 ms        ok
                        ✓ 44dd…21c9                                  84 ms        ok
        transitions                                                           stayed
        14:03:20.8  ◐ H → ○ O  3 of 3 failed                                  6.20 s
        14:03:19.8  ○ O → ◐ H  a call after the wait                          1.00 s
        14:03:09.7  ◐ H → ○ O  3 of 3 failed                                  10.1 s
        14:03:08.7  ○ O → ◐ H  a call after the wait                          1.00 s
        14:02:58.6  ● C → ○ O  50 % ≥ 50 %                                    10.1 s
        12:04:10.3        ● C  started                                        1h 58m
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }
}

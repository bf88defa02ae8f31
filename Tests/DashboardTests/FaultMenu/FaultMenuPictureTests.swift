import Drawing
import Testing

@testable import Dashboard

/// What the menu of faults looks like, character by character.
struct FaultMenuPictureTests {
  private func picture(_ columns: Int, _ rows: Int) throws -> String {
    let stage = try #require(FaultMenuTests.Stage(.service("payment"), columns: columns, rows: rows))
    let canvas = stage.canvas()
    #expect(canvas.violations.isEmpty)
    let box = canvas.text.split(separator: "\n").map { $0.drop { $0 == " " } }
    return box.joined(separator: "\n")
  }

  @Test func floating() throws {
    let picture = try picture(118, 36)
    #expect(
      picture == """
        ╭─ ↯ break payment ──────────────────────────────── simulated ─╮
        │▌ latency              answers late                           │
        │  errors               a share of the calls fails             │
        │  crash                the instance is gone                   │
        │  slow consumer        reads the topic late                   │
        │  cut off              cut off from the bus; calls go on      │
        │  memory leak          loses memory until it is killed        │
        │  clock skew           its clock is wrong                     │
        │  database down        keeps no database                 n/a  │
        │  outage               not an outside company            n/a  │
        │  pool exhausted       keeps no database                 n/a  │
        │  server limit         no database server is shared      n/a  │
        │  lost message         publishes nothing                 n/a  │
        │  poison message       strikes a topic; say topic:…      n/a  │
        │  duplicates           strikes a topic; say topic:…      n/a  │
        │  broker down          this shop has no event bus        n/a  │
        │  store full           this shop has no key-value store  n/a  │
        │  store down           this shop has no key-value store  n/a  │
        │  dual write           publishes through no outbox       n/a  │
        │  no idempotency       a repetition does no harm         n/a  │
        │  no breaker           calls nobody                      n/a  │
        │  inner join           joins no streams                  n/a  │
        │  blind view           keeps no view                     n/a  │
        │  … 1 more                                                    │
        ├──────────────────────────────────────────────────────────────┤
        │  scope      ◂ all instances ▸   payment-1   payment-2        │
        │  delay      ━━━━━━━━━━━━━━━━━━●────────────      +2 s        │
        │  share      ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━●     100 %        │
        │  time       ◂ 30 s ▸   2 m   10 m   until off                │
        │                                                              │
        │  touches    4.1 req/s now   1,204 waiting records            │
        │                                                              │
        │   ↵ arm it    Tab next field  Esc leave it  ! all off        │
        ╰──────────────────────────────────────────────────────────────╯
        """, "\n\(picture)")
  }

  @Test func fillingASmallScreen() throws {
    let picture = try picture(40, 12)
    #expect(
      picture == """
        ╭─ ↯ break payment ──────── simulated ─╮
        │▌ kind     ▴ latency ▾  answers late  │
        │  scope    ◂ all instances ▸  …       │
        │  delay    ━━━━━━━━●──────      +2 s  │
        │  share    ━━━━━━━━━━━━━━●     100 %  │
        │  time     ◂ 30 s ▸   2 m   10 m  …   │
        │  touches  4.1 req/s now              │
        │                                      │
        │   ↵ arm it    Tab next field         │
        ╰──────────────────────────────────────╯
        """, "\n\(picture)")
  }
}

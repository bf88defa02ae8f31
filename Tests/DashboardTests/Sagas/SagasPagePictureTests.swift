import Drawing
import Testing

@testable import Dashboard

/// What page 6 looks like, character by character.
@Suite struct SagasPagePictureTests {
  @Test func at118() {
    let stage = PageStage(SagasPage())
    let wanted = """
        sagas ──────────────────────────────────────────────────────────────────────────────── 1 stuck   1 message stashed
        definition              running  compensating  stuck  committed  rejected  compensated  failed   told by
        all                          19             4      1     21,876       341          568       4
        choreographed checkout       12             3      0     12,304       201          388       4   (its events)
        orchestrated checkout         4             1      1      3,011         0           97       0   orchestrator
        join                          2             0      0      2,980        12           61       0   (its events)
        credit, small                 0             0      0      2,204        88            0       0   (its events)
        credit, large                 1             0      0      1,377        40           22       0   (its events)

        instances ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ ( ) inferred from events   stalest first   1/4
        state          GTXID     in state  steps                                                      definition     locks
       ▌■ STUCK        77b0…9e02   4m 12s  ✓ order ✓ credit ✓ stock ✗ charge ↺ stock ↺✗ credit        orchestrated       1
        ↺ COMPENSATING 02be…77d4   26.0 s  (✓ order ✓ stock ✗ charge ↺… stock)                        choreographed      0
        ▸ RUNNING      1be4…6f05   2.00 s  (✓ order ✓ stock … charge)                                 join               0
        ✓ COMMITTED    c90d…e1a8   1.00 s  (✓ order ✓ credit ✓ approve)                               credit             0

        ■ STUCK  77b0…9e02  orchestrated checkout ─────────────────────────────────────────────────── in this state 4m 12s
        steps      ✓ order ✓ credit ✓ stock ✗ charge ↺ stock ↺✗ credit
        because    the undo of reserve credit was not answered: sent 6 times
        waits for  credit
        locks      order/1204 at order
        stash      1 message of another saga waits for what it holds
        began      13:57:57.0, is STUCK from 13:59:15.0 on
        told by    its orchestrator, which keeps a journal of it
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  @Test func at80() {
    let stage = PageStage(SagasPage(), columns: 80, rows: 24)
    let wanted = """
        sagas ────────────────────────────────────────── 1 stuck   1 message stashed
        definition             running undoing stuck   done rejected undone failed
        all                         19       4     1 21,876      341    568      4
        choreographed checkout      12       3     0 12,304      201    388      4
        orchestrated checkout        4       1     1  3,011        0     97      0
        join                         2       0     0  2,980       12     61      0
        credit, small                0       0     0  2,204       88      0      0
        credit, large                1       0     0  1,377       40     22      0
        instances ━━━━━━━━━━━━━━━━━━━ ( ) inferred from events   stalest first   1/4
        state          GTXID     in state  steps
       ▌■ STUCK        77b0…9e02   4m 12s  ✓ 3 steps ✗ charge ↺ stock ↺✗ credit
        ↺ COMPENSATING 02be…77d4   26.0 s  (✓ order ✓ stock ✗ charge ↺… stock)
        ▸ RUNNING      1be4…6f05   2.00 s  (✓ order ✓ stock … charge)
        ✓ COMMITTED    c90d…e1a8   1.00 s  (✓ order ✓ credit ✓ approve)
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  @Test func at80InASCII() {
    let stage = PageStage(SagasPage(), columns: 80, rows: 24, glyphs: .ascii)
    let wanted = """
        sagas ------------------------------------------ 1 stuck   1 message stashed
        definition             running undoing stuck   done rejected undone failed
        all                         19       4     1 21,876      341    568      4
        choreographed checkout      12       3     0 12,304      201    388      4
        orchestrated checkout        4       1     1  3,011        0     97      0
        join                         2       0     0  2,980       12     61      0
        credit, small                0       0     0  2,204       88      0      0
        credit, large                1       0     0  1,377       40     22      0
        instances =================== ( ) inferred from events   stalest first   1/4
        state          GTXID     in state  steps
       ># STUCK        77b0~9e02   4m 12s  v 3 steps x charge < stock <x credit
        < COMPENSATING 02be~77d4   26.0 s  (v order v stock x charge <~ stock)
        > RUNNING      1be4~6f05   2.00 s  (v order v stock ~ charge)
        v COMMITTED    c90d~e1a8   1.00 s  (v order v credit v approve)
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  @Test func atItsTimeline() {
    var stage = PageStage(SagasPage())
    _ = stage.go(to: .saga(IncidentFixture.stuckSaga))
    stage.context.saga = IncidentFixture.sagaDetail()
    _ = stage.page.refresh(stage.context)
    let wanted = """
        ■ STUCK  77b00000000000000000000000009e02  orchestrated checkout ──────────────────────────── in this state 4m 12s
        steps      ✓ order ✓ credit ✓ stock ✗ charge ↺ stock ↺✗ credit
        because    the undo of reserve credit was not answered: sent 6 times
        waits for  credit
        locks      order/1204 at order
        stash      1 message of another saga waits for what it holds
        began      13:57:57.0, is STUCK from 13:59:15.0 on
        told by    its orchestrator, which keeps a journal of it

        what happened ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ ↵ call tree
        time             after  what     hop  step
       ▌13:57:57.000     +0 ms  state      –                      RUNNING
        13:57:57.001     +1 ms  → out     #2  create order        CreateOrder
        13:57:57.012    +12 ms  ← in      #3  create order        ok
        13:57:57.013    +13 ms  → out     #4  reserve credit      ReserveCredit
        13:57:57.021    +21 ms  ← in      #5  reserve credit      ok
        13:58:01.200  +4.20 s   ← in      #9  charge              refused: card declined
        13:58:01.200  +4.20 s   state      –                      COMPENSATING: charge: card declined
        13:58:01.210  +4.21 s   → out    #11  reserve credit      ReleaseCredit
        13:59:15.000   +1m 18s  timer      –  reserve credit      no reply to its undo, sent 6 times
        13:59:15.000   +1m 18s  state      –                      STUCK: the undo of reserve credit was not answered: sen…
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }
}

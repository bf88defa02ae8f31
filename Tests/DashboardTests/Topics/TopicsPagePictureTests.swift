import EventBus
import Operations
import Testing

@testable import Dashboard

/// What page 4 looks like in an incident, character by character.
@Suite struct TopicsPagePictureTests {
  @Test func at118() {
    let stage = PageStage(TopicsPage(), columns: 118, rows: 36)
    let wanted = """
        topics ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 9 topics  10 groups  lag 1,214
        verdict  topic            parts   in/s  out/s     size   kept   worst group      ▾lag               empty in  dead
       ▌▲ WARN   payment              4     46    4.1   181 MB    7 d   payment         1,204 ▁▁▁▁▁▁▂▃▅▆▇█     never     0
        ● OK     inventory            4     50     50   204 MB    7 d   inventory           5 ▁▁▁▁▁▁▁▁▁▁▁▁       now     0
        ● OK     order                4    4.1    4.1   166 MB    7 d   order               3 ▁▁▁▁▁▁▁▁▁▁▁▁       now     2
        ● OK     item-cdc             2    6.2    6.2    38 MB    3 d   aggregate           2 ▁▁▁▁▁▁▁▁▁▁▁▁       now     0
        ● OK     __operations         1    3.1    3.1   2.0 MB    1 h   msatop              0 ▁▁▁▁▁▁▁▁▁▁▁▁       now     0
        ● OK     orders               4     46     46   190 MB    7 d   order-history       0 ▁▁▁▁▁▁▁▁▁▁▁▁       now     0
        ● OK     shipping             2    0.2    0.2    71 MB    7 d   shipping            0 ▁▁▁▁▁▁▁▁▁▁▁▁       now     0
        ● OK     metering             1    214    214   512 MB    1 d   billing             0 ▁▁▁▁▁▁▁▁▁▁▁▁       now     0
        ? –      audit                1    9.2      0    88 MB   30 d   reconcile           –                            0

        payment  partitions × groups ─────────────────────────────────────────────────────────── hottest 1   grows  ↑ 42/s
                                payment  stable · generation 14 · 2 members                   audit  stable · gen 3
        part    log end  in/s   committed    lag  behind              out/s   owner           committed    lag  owner
        0       188,402    12     188,106    296  ━━━━━━━━━━━━━━━━──    1.0   payment-1         188,402      0  audit-1
        1       187,955    12     187,637    318  ━━━━━━━━━━━━━━━━━─    1.0   payment-1         187,955      0  audit-1
        2       189,120    12     188,833    287  ━━━━━━━━━━━━━━━───    1.1   payment-2         189,119      1  audit-1
        3       188,671    12     188,368    303  ━━━━━━━━━━━━━━━━──    1.0   payment-2         188,671      0  audit-1
        all                46              1,204                        4.1                                  1

        payment: records in and out ──────── in 46/s   out 4.1/s   payment: verdict of the group ────────────────── ▲ WARN
           ⣀         ⢀         ⢀⡀  ┊      ⣀         ⣀         ⢀⡀   why        lag has not fallen in 10 samples
         ⣤ ⣀⣀ ⣀ ⢰⡆ ⢠⡄⢸⣀ ⣤  ⣶ ⢠⡄⢸⣤⡀⢸⡇ ⣶  ⣤ ⣿⡀⢸⡇ ⢰⡆ ⣤ ⣿⣀ ⣿ ⢰⡆ ⢠⡄⢸⣇              each record retries for 1.0 s: breaker OPEN
         ⣿⣤⣿⣿⣀⣿⡇⢸⣷⡆⢸⣧⣼⣿⣀⣿⣿ ⣿⣶⢸⣧⣼⣿⣇⣸⣿ ⣿⣶ ⣿⣤⣿⣇⣸⣿⡇⢸⣷⡆⣿⣤⣿⣿⣀⣿⣿⢸⣷⡆⢸⣧⣼⣿   reads      4.1/s, 4 partitions at about 1.0/s each
        ⣶⣿⣿⣿⣿⣿⣿⣿⣿⣿⣷⣾⣿⣿⣿⣿⣿⣿⣿⣿⣿⣾⣿⣿⣿ unread ⣿⣿⣿⣿⣿⣿⣿⣿⣷⣿⣿⣿⣿⣿⣿⣿⣿⣿⣷⣾⣿⣿⣿   behind     26 s by time, the oldest unread 14:03:01.0
        ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿   empty in   never at this rate; 26 s once it reads 92/s
        ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤   retention  kept 7 d; acknowledged in memory
        −60 s                      ↯                         now   rebalance  2 h ago: payment-2 joined


        14:03:21.0 ○ payment-1 → payment-gateway HALF_OPEN → OPEN: 3 of 3 failed
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  @Test func at80() {
    let stage = PageStage(TopicsPage(), columns: 80, rows: 24)
    let wanted = """
        topics  1–7/9 ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 9 topics  10 groups  lag 1,214
        verdict  topic              in/s   worst group      ▾lag               dead
       ▌▲ WARN   payment              46   payment         1,204 ▁▁▁▁▁▁▂▃▅▆▇█     0
        ● OK     inventory            50   inventory           5 ▁▁▁▁▁▁▁▁▁▁▁▁     0
        ● OK     order               4.1   order               3 ▁▁▁▁▁▁▁▁▁▁▁▁     2
        ● OK     item-cdc            6.2   aggregate           2 ▁▁▁▁▁▁▁▁▁▁▁▁     0
        ● OK     __operations        3.1   msatop              0 ▁▁▁▁▁▁▁▁▁▁▁▁     0
        ● OK     orders               46   order-history       0 ▁▁▁▁▁▁▁▁▁▁▁▁     0
        ● OK     shipping            0.2   shipping            0 ▁▁▁▁▁▁▁▁▁▁▁▁     0
        payment  partitions × groups  1–3/4 ────────────── hottest 1   grows  ↑ 42/s
                                payment  stable · generation 14 · 2 members
        part    log end  in/s   committed    lag  behind           out/s   owner
        0       188,402    12     188,106    296  ━━━━━━━━━━━━━──    1.0   payment-1
        1       187,955    12     187,637    318  ━━━━━━━━━━━━━━─    1.0   payment-1
        2       189,120    12     188,833    287  ━━━━━━━━━━━━━──    1.1   payment-2
        all                46              1,204                     4.1
        payment: verdict of the group ─────────────────────────────────────── ▲ WARN
        why        lag has not fallen in 10 samples
                   each record retries for 1.0 s: breaker OPEN
        reads      4.1/s, 4 partitions at about 1.0/s each
        14:03:21.0 ○ payment-1 → payment-gateway HALF_OPEN → OPEN: 3 of 3 failed
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  @Test func atItsOwnPage() {
    var stage = PageStage(TopicsPage(), columns: 80, rows: 24)
    stage.press("Enter")
    let wanted = """
        payment  partitions × groups ━━━━━━━━━━━━━━━━━━━━━ hottest 1   grows  ↑ 42/s
                                payment  stable · generation 14 · 2 members
        part    log end  in/s   committed    lag  behind           out/s   owner
       ▌0       188,402    12     188,106    296  ━━━━━━━━━━━━━──    1.0   payment-1
        1       187,955    12     187,637    318  ━━━━━━━━━━━━━━─    1.0   payment-1
        2       189,120    12     188,833    287  ━━━━━━━━━━━━━──    1.1   payment-2
        3       188,671    12     188,368    303  ━━━━━━━━━━━━━──    1.0   payment-2
        all                46              1,204                     4.1
        payment: verdict of the group ─────────────────────────────────────── ▲ WARN
        why        lag has not fallen in 10 samples
                   each record retries for 1.0 s: breaker OPEN
        reads      4.1/s, 4 partitions at about 1.0/s each
        behind     26 s by time, the oldest unread 14:03:01.0
        empty in   never at this rate; 26 s once it reads 92/s
        retention  kept 7 d; acknowledged in memory
        rebalance  2 h ago: payment-2 joined

        what happened ──────────────────────────────────────────────────────────────
        14:03:21.0 ○ payment-1 → payment-gateway HALF_OPEN → OPEN: 3 of 3 failed
        14:03:08.3 ▲ group payment OK → WARN: lag never fell in 10 samples
        12:04:11.0 ▸ group payment generation 14: payment-2 joined
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  /// A record that fails again and again, with an owner that is gone: what is tried, how often, and what waits for it.
  @Test func aPartitionThatIsHeldUp() {
    var snapshot = IncidentFixture.snapshot()
    let index = snapshot.topics.firstIndex { $0.name == "payment" } ?? 0
    snapshot.topics[index].verdict = .stop
    snapshot.topics[index].groups[0].verdict = .stop
    snapshot.topics[index].groups[0].why = ["no commit in partition 2, longer than usual"]
    snapshot.topics[index].groups[0].partitions[2].verdict = .stop
    snapshot.topics[index].groups[0].partitions[2].outRate = 0
    var trial = RecordTrial(offset: 188_833, instance: "payment-2", since: IncidentFixture.at(14, 3, 10))
    (trial.type, trial.error, trial.failures, trial.limit) = ("ITEM_RESERVED", "fault: errors", 6, 10)
    snapshot.topics[index].groups[0].partitions[2].trial = trial
    snapshot.topics[index].acknowledgement = .written
    for service in snapshot.services.indices {
      for instance in snapshot.services[service].instances.indices
      where snapshot.services[service].instances[instance].name == "payment-1" {
        snapshot.services[service].instances[instance].health = .down
      }
    }
    var stage = PageStage(TopicsPage(), snapshot)
    var picture = stage.picture()
    for line in [
      "▌✗ STOP   payment              4     46    4.1   181 MB    7 d   payment         1,204 ▁▁▁▁▁▁▂▃▅▆▇█     stuck     0",
      "1       187,955    12     187,637    318  ━━━━━━━━━━━━━━━━━─    1.0   ✗ payment-1       187,955      0  audit-1",
      "stuck at   [2] @188,833 ITEM_RESERVED, payment-2",
      "tried      6 of 10 times, then it is put aside",
      "error      fault: errors",
      "owner      payment-1 is down; its partitions wait",
    ] { #expect(picture.contains(line), "\(line)\n\(picture)") }
    stage.press("Enter")
    picture = stage.picture()
    for line in [
      "empty in   not before partitions 0, 1, 2 go on", "retention  kept 7 d; acknowledged on disk, written",
    ] { #expect(picture.contains(line), "\(line)\n\(picture)") }
    // What was handled after it is no progress while an older record has no answer.
    snapshot.topics[index].groups[0].partitions[2].trial?.offset = 188_840
    snapshot.topics[index].groups[0].partitions[2].committedAt = IncidentFixture.at(14, 2, 11)
    stage.show(snapshot)
    picture = stage.picture()
    for line in [
      "stuck at   [2] @188,833, no commit for 1 m",
      "tries      @188,840 ITEM_RESERVED, payment-2, 6 of 10 times",
    ] { #expect(picture.contains(line), "\(line)\n\(picture)") }
  }
}

import Drawing
import Operations
import Testing

@testable import Dashboard

/// What the tabs of page 9 look like in an incident, character by character.
@Suite struct PlatformPagePictureTests {
  private func stage(_ tab: PlatformTab, columns: Int = 118, rows: Int = 36, glyphs: GlyphSet = .utf8)
    -> PageStage<PlatformPage>
  {
    var stage = PageStage(
      PlatformPage(), IncidentFixture.platform(), columns: columns, rows: rows, glyphs: glyphs)
    _ = stage.go(to: .platform(tab))
    return stage
  }

  @Test func gateway() {
    let stage = stage(.gateway)
    let wanted = """
        gateway•  clients   registry•  configuration   deployments   strangler   connections   event channel   span store

        filters ────────────────────────────────────────────────────────────── fails closed: an unchecked token is refused
        PRE routing   authentication   rate-limit   ERROR error-answer   POST access-log

        gateway: instances ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 3/3 up
        instance           since  req/s   busy     p99  restarts  version  why
       ▌● gateway-1:41000    2 h     71      –  2.07 s         0  4.2.0
        ● gateway-2:41001    2 h     71      –  2.07 s         0  4.2.0
        ● gateway-3:41002    2 h     71      –  2.07 s         0  4.2.0

        gateway: routes ───────────────────────────────────────────────────────────────────── cache hits 69.1 %   3 routes
        route               to               req/s     err     p50     p95     p99  refused   with
        GET /reviews/{sku}  review              74   0.0 %    6 ms   12 ms   18 ms        0   cached
        POST /orders        order               46   0.0 %    9 ms   14 ms   22 ms       12   body ≤ 8192 · 202
        POST /login         member               0       –    –       –       –           0   no token
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  @Test func clients() {
    let stage = stage(.clients)
    let wanted = """
        gateway•  clients   registry•  configuration   deployments   strangler   connections   event channel   span store

        members ──────────────────────────────────────────────────────────────────── key-value store  ● H 1.3 KB of 4.2 MB
        21 accounts   31 log-ins   0 refused   14 log-outs   0 log-outs failed   3 revoked tokens refused
        0 revoked tokens passed   0 unchecked tokens passed   a token is good for 15m 00s

        clients ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ metered by call and by KB
        client    plan      calls  limit/s   quota today  refused  sandbox      in     out  charge KRW
       ▌mobile    own      12,571      10k    any number        0        0  189 KB  2.1 MB          25
        partner   partner  98,412       20  98412/100000      311        0  1.5 MB   17 MB         196

        turned away ────────────────────────────────────────────────────────────────────────────────────────────────── 314
        reason                    answer   times   at
        rate limit                   429     311   gateway
        revoked token                401       3   gateway

        revoked tokens ──────────────────────────────────────────────────────────────────────────────────────────────── 14
        token      of                        forgotten in
        d5d8…887e  park                           14m 16s

        access log ────────────────────────────────────────────────────────────────────────────────────────── newest first
        time          request                               client   answer    took   GTXID      turned away for
        14:03:26.900  POST /orders                          mobile      202    2 ms   77b0…9e02
        14:03:26.400  GET /reviews/sku-18                   partner     429 0.31 ms   c90d…e1a8  rate limit
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  @Test func registry() {
    let stage = stage(.registry)
    let wanted = """
        gateway•  clients   registry•  configuration   deployments   strangler   connections   event channel   span store

       ▌SELF-PRESERVATION  14 renewals in a minute, at most the threshold of 17: it blames the network, and evicts nobody

        registry ──────────────────────────────────────────────────────────────────────────────────── ▲ D it evicts nobody
        14 renewals/min, threshold 17   10 listed   3 evicted   14 registrations   0 told to register again
        0 callers with an old list   list version 41   balanced by round-robin

        leases ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 2 instances not as listed
        instance           registry  real state  calls/s  heartbeat  lease left  listed  what it means
       ▌✗ order-1:40999    UP        ✗ gone            –        1 m       ended     3 h  no process has this port now
        ✗ payment-2:41873  UP        ✗ failing       2.1        1 m        19 s     2 h  gone, and spared: still called
        ● gateway-1:41000  UP        ● healthy        71        3 s      1m 27s     2 h
        ● gateway-2:41001  UP        ● healthy        71       10 s      1m 20s     2 h
        ● gateway-3:41002  UP        ● healthy        71       17 s      1m 13s     2 h
        ● order-1:41000    UP        ● healthy        23        3 s      1m 27s     2 h
        ● order-2:41001    UP        ● healthy        23       10 s      1m 20s     2 h
        ● payment-1:41871  UP        ● healthy       2.0        3 s      1m 27s     2 h
        ● review-1:41000   UP        ● healthy        37        3 s      1m 27s     2 h
        ● review-2:41001   UP        ● healthy        37       10 s      1m 20s     2 h
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  @Test func configuration() {
    let stage = stage(.configuration)
    let wanted = """
        gateway•  clients   registry•  configuration   deployments   strangler   connections   event channel   span store

        configuration ────────────────────────────────────────────────────────────────────────────────────────── version 7
        7/8 instances run it   pushed 4 s ago by kim   back to 2 or later   changed order.pool 10 → 20

        who runs which version ━━━━━━━━━━━━━━━━━━━━━━━━ 1 behind   settings ─────────────────────────────── :set KEY VALUE
        service     run it   instance and version                  key                       value
       ▌▲ order        1/2   -1 v7   -2 v6                         balancing.rule            round-robin
        ● gateway      3/3   -1 v7   -2 v7   -3 v7                 gateway>order.breaker
        ● payment      1/2   -1 v7   -2 down                         failure-rate-threshold  50
        ● review       2/2   -1 v7   -2 v7                         order.pool                20                    changed
                                                                   review.supervisor         back-off
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  @Test func deployments() {
    let stage = stage(.deployments)
    let wanted = """
        gateway•  clients   registry•  configuration   deployments   strangler   connections   event channel   span store

        deployments ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 1 under way
        state          service   to     share  new err  old err  fewest up    took  why
       ▌▸ canary       review    2.0.0   10 %    7.5 %    0.1 %          1    41 s
        ↺ rolled back  order     1.5.0      –        –        –          1     2 m  order-2 did not become healthy within…

        review: instance by instance ───────────────────────────────────────────────────── :deploy review promote, or back
        instance                    version  calls            err   step
        review-1                    1.4.2    ● takes calls  0.0 %
        review-2                    2.0.0    ↓ none         0.0 %   waiting until it is healthy

        what runs ───────────────────────────────────────────────────────────────────────────────────────── :scale order 4
        service       up   versions              youngest  restarts   team
        ● gateway    3/3   4.2.0                      2 h         0   shop
        ● order      2/2   1.4.2                      2 h         0   shop
        ▲ payment    1/2   2.8.1                      2 h         1   checkout
        ● review     2/2   1.4.2                      2 h         0   shop
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  @Test func connections() {
    let stage = stage(.connections)
    let wanted = """
        gateway•  clients   registry•  configuration   deployments   strangler   connections   event channel   span store

       ▌Too many connections  shared-db has all 20 open, and refuses the next one, whoever asks

        connections ──────────────────────────────────────────────────────────────────────────────────────────────────────
        7/30 connections in use   0 waiting for one   20/20 open at shared-db   38 refused by a shared server

        pools ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
        service     database pool       in use  waiting  refused/s   worker threads         busy  waiting    cache    hits
       ▌✗ payment                            –        –          –   ━━━━━━━━━━━━━━━━━━━     8/8        0        –       –
        ● gateway                            –        –          –   ━━━━━━━━━──────────  96/200        0        –       –
        ● order     ━━━━━─────────────    5/20        0          0   ━━━━───────────────    6/32        0        –       –
        ● review    ━━━━──────────────    2/10        0          0   ━━─────────────────    3/32        0  70/1000  69.1 %

        database server shared-db ──────────────────────────────────────────────────────────────── refused 38   20/20 open
        instance                      in use  idle  pool  refused
        order-1                           10     0    10       31
        order-2                            7     1    10        7
        review-1                           0     2     5        0
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  /// Whoever is refused stands first, though nothing in its own pool is in use.
  @Test func whoIsRefusedAConnectionStandsFirst() {
    var snapshot = IncidentFixture.platform()
    snapshot.databaseServers[0].pools[2].refusalRate = 12
    var stage = PageStage(PlatformPage(), snapshot)
    _ = stage.go(to: .platform(.connections))
    let rows = stage.picture().split(separator: "\n").map(String.init)
    let review = rows.firstIndex { $0.contains("▲ review") } ?? .max
    #expect(review < rows.firstIndex { $0.contains("● gateway") } ?? 0, "\(stage.picture())")
    #expect(rows.indices.contains(review) && rows[review].contains("2/10        0         12"), "\(stage.picture())")
  }

  @Test func channel() {
    let stage = stage(.channel)
    let wanted = """
        gateway•  clients   registry•  configuration   deployments   strangler   connections   event channel   span store

        broker ──────────────────────────────────────────────────────────────────────────────────────────── ● H it answers
        9 topics   1.5 GB held   23 partitions   10 groups   2 dead letters   last rebalance 2 h ago

        records in and out ────────────────────────────────────────────────────────────────────────── in 379/s   out 328/s
                                                               ┊
              ⣿⣿   ⢰⣶⡆   ⢀⣀        ⣿⡇   ⢰⣶⡆   ⣀⣀       ⢸⣿⡇   ⢰⣶⡆   ⣀⣀       ⢸⣀⡇   ⢰⣶    ⣀⣀       ⢸⣀⡇   ⣶⣶    ⣀⣀       ⢸⣀⡇
          ⣿⣿  ⣿⣿⣶⡆ ⢸⣿⣇⣀⡀ ⢸⣿    ⣿⣿  ⣿⣷⣶⡆ ⢸⣿⣇⣀⡀ ⣿⣿    ⣿⣿ ⢸⣿⣷⣶⡆ ⢸⣿⣇⣀  ⣶⣶    ⣤⡇ ⣀⣿⣶⣀⡆ ⢸⣿⣀⣀  ⣶⣶   ⢸⣤⡇ ⣀⣿⣶⣀⡆ ⣿⣿⣀⣀  ⣶⣶   ⢸⣤⡇ ⣀⣿⣶⣀
          ⣿⣿⣶⣶⣿⣿⣿⣧⣤⣼⣿⣿⣿⡇ ⢸⣿⣿⣿  ⣿⣿⣶⣶⣿⣿⣿⣧⣤⣼⣿⣿⣿⡇ ⣿⣿⣿⣿  ⣿⣿⣶⣾⣿⣿⣿⣧⣤⣼⣿⣿⣿  ⣿⣿⣤⣤  ⣿⣿⣀⣾⣿⣿⣿⣤⣤⣿⣿⣿⣿  ⣿⣿⣤⣤ ⣤⣿⣿⣀⣾⣿⣿⣿⣤⣤⣿⣿⣿⣿  ⣿⣿⣤⡇ ⣤⣿⣿⣀⣾⣿⣿⣿
        ⣶⣶⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣶⣶⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣶⣶⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣶⣶⣿⣿⣿⣿⣤⣤⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣶⣶⣿ unread ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣶⣶⣿⣿⣿⣿⣤⣾⣿⣿⣿⣿⣿⣿⣿
        ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿
        ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿
        ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿
        −60 s                                                  ↯                                                       now

        topics ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ ↵ open
        topic             parts     size   in/s  out/s  groups   kept   acknowledged
       ▌audit                 1    88 MB    9.2      0       1   30 d   in memory
        __operations          1   2.0 MB    3.1    3.1       1    1 h   in memory
        orders                4   190 MB     46     46       1    7 d   in memory
        shipping              2    71 MB    0.2    0.2       1    7 d   in memory
        metering              1   512 MB    214    214       1    1 d   in memory
        item-cdc              2    38 MB    6.2    6.2       1    3 d   in memory
        order                 4   166 MB    4.1    4.1       1    7 d   in memory
        inventory             4   204 MB     50     50       1    7 d   in memory
        payment               4   181 MB     46    4.1       2    7 d   in memory
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  @Test func gatewayAt80() {
    let stage = stage(.gateway, columns: 80, rows: 24)
    let wanted = """
        gateway• clients  registry• config  deploys  strangler  pools  events  spans
        filters ──────────────────────── fails closed: an unchecked token is refused
        PRE routing   authentication   rate-limit   ERROR error-answer
        POST access-log
        gateway: instances ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 3/3 up
        instance           since  req/s   busy     p99  restarts  version
       ▌● gateway-1:41000    2 h     71      –  2.07 s         0  4.2.0
        ● gateway-2:41001    2 h     71      –  2.07 s         0  4.2.0
        ● gateway-3:41002    2 h     71      –  2.07 s         0  4.2.0
        gateway: routes ─────────────────────────────── cache hits 69.1 %   3 routes
        route               to               req/s     err     p95     p99  refused
        GET /reviews/{sku}  review              74   0.0 %   12 ms   18 ms        0
        POST /orders        order               46   0.0 %   14 ms   22 ms       12
        POST /login         member               0       –    –       –           0
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  @Test func registryAt80InASCII() {
    let stage = stage(.registry, columns: 80, rows: 24, glyphs: .ascii)
    let wanted = """
        gateway! clients  registry! config  deploys  strangler  pools  events  spans
       >SELF-PRESERVATION  14 renewals in a minute, threshold 17: nobody is evicted
        registry ---------------------------------------------- ! D it evicts nobody
        14 renewals/min, threshold 17   10 listed   3 evicted   14 registrations
        0 told to register again   0 callers with an old list   list version 41
        balanced by round-robin
        leases =========================================== 2 instances not as listed
        instance           registry  real state  heartbeat  lease left
       >x order-1:40999    UP        x gone            1 m       ended
        x payment-2:41873  UP        x failing         1 m        19 s
        * gateway-1:41000  UP        * healthy         3 s      1m 27s
        * gateway-2:41001  UP        * healthy        10 s      1m 20s
        * gateway-3:41002  UP        * healthy        17 s      1m 13s
        * order-1:41000    UP        * healthy         3 s      1m 27s
        * order-2:41001    UP        * healthy        10 s      1m 20s
        * payment-1:41871  UP        * healthy         3 s      1m 27s
        * review-1:41000   UP        * healthy         3 s      1m 27s
        * review-2:41001   UP        * healthy        10 s      1m 20s
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  @Test func deploymentsAt200() {
    let stage = stage(.deployments, columns: 200, rows: 30)
    let wanted = """
        gateway•  clients   registry•  configuration   deployments   strangler   connections   event channel   span store                                                                     ← → other tabs

        deployments ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 1 under way   what runs ─────────────────────────────────────────────────────────────────────── :scale order 4
        state          service   to     share  new err  old err  fewest up    took  why                     service       up   versions              youngest  restarts   team
       ▌▸ canary       review    2.0.0   10 %    7.5 %    0.1 %          1    41 s                          ● gateway    3/3   4.2.0                      2 h         0   shop
        ↺ rolled back  order     1.5.0      –        –        –          1     2 m  order-2 did not beco…   ● order      2/2   1.4.2                      2 h         0   shop
                                                                                                            ▲ payment    1/2   2.8.1                      2 h         1   checkout
        review: instance by instance ──────────────────────────────────── :deploy review promote, or back   ● review     2/2   1.4.2                      2 h         0   shop
        instance                    version  calls            err   step
        review-1                    1.4.2    ● takes calls  0.0 %
        review-2                    2.0.0    ↓ none         0.0 %   waiting until it is healthy
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }
}

import Testing

@testable import Dashboard

/// What page 2 looks like in an incident, character by character.
@Suite struct ServicesPagePictureTests {
  @Test func at118() {
    var stage = PageStage(ServicesPage(), columns: 118, rows: 36)
    stage.press("j")
    let wanted = """
        services  last 10 s ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 29/30 up  2 failing  2 degraded  12 healthy   by severity ▾
            service           up  req/s                 err      p50      p95      p99  busy          pool brk   lag since
        ✗ F payment-gateway  1/1    0.3  ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿   100 %  2.01 s   2.35 s   2.41 s   –                –         –  30 s
       ▌✗ F payment          2/2    4.1  ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿  97.6 %  1.99 s   2.01 s   2.03 s   ━━━━━    8/8     – ○ O 1,204  28 s
        ▲ D gateway          3/3    214  ⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷   1.9 %    14 ms  1.98 s   2.07 s   ━━─── 96/200     –         –  26 s
        ▲ D recommendation   1/2     71  ⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷   1.2 %    21 ms    96 ms   148 ms  ━━━━─  14/16     –         –   1 m
        ● H catalog          2/2     88  ⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷   0.1 %    18 ms    44 ms    61 ms  ━────   9/64  6/20 ◐ H     –   2 h
        ● H review           2/2     74  ⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷   0.0 %     6 ms    12 ms    18 ms  ━────   3/32  2/10         –   2 h
        ● H search           2/2     62  ⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷   0.0 %     8 ms    17 ms    24 ms  ━────   5/32     –         2   2 h
        ● H inventory        2/2     50  ⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷   0.0 %     5 ms     9 ms    14 ms  ━────   3/16  4/10         5   2 h
        ● H order            2/2     46  ⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷   0.0 %     9 ms    14 ms    22 ms  ━────   6/32  5/20         3   2 h
        ● H customer         2/2     46  ⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷   0.0 %     4 ms     8 ms    11 ms  ━────   2/16  2/10         –   2 h
        ● H item             2/2     41  ⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷   0.0 %     5 ms    10 ms    16 ms  ━────   3/32  3/10         –   2 h
        ● H cart             2/2     33  ⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷   0.0 %     3 ms     6 ms     9 ms  ━────   1/16     –         –   2 h
        ● H member           2/2     12  ⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷   0.2 %    11 ms    26 ms    38 ms  ━────   2/16  1/10         –   2 h
        ● H order-history    1/1    9.0  ⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷   0.0 %     4 ms     8 ms    12 ms  ━────    1/8     –         0   2 h
        ● H aggregate        1/1    6.2  ⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷   0.0 %     3 ms     5 ms     7 ms  ━────    1/4     –         2   2 h
        ● H shipping         2/2    0.2  ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿   0.0 %    12 ms    22 ms    31 ms  ─────    0/8  0/10         0  28 s

        payment: instances ────────────────────────────── 2/2 up   payment: calls out  last 10 s ─────────────────────────
        instance           since  req/s   busy     p99  version    ○ OPEN  payment-gateway                   0.3/s   100 %
        ● payment-1:41871    2 h    2.0    4/4  2.02 s  –            charges the customer's card; no fallback
        ● payment-2:41873    2 h    2.1    4/4  2.03 s  –            retry 3 · time-out 1.00 s · bulkhead 25

        payment: endpoints  last 10 s ────────────────── by rate   payment: consumes ─────────────────────────────────────
        operation         req/s     err      p95      p99          payment                                           1,204
        on ITEM_RESERVED    4.1  97.6 %   2.01 s   2.03 s            stable · 2 members · ▲ WARN  never empty at this rate
        POST /refunds         0     –        –        –

        payment: latest errors ───────────────────────────────────────────────────────────────────────────────────── l log
        14:03:26.9  c90d…e1a8  ✗ CallNotPermitted: breaker payment-gateway is OPEN
        14:03:20.9  1be4…6f05  ✗ PaymentGatewayTimeout: 결제 게이트웨이 응답 시간 초과 (1,000 ms)
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  @Test func at80() {
    var stage = PageStage(ServicesPage(), columns: 80, rows: 24)
    stage.press("j")
    let wanted = """
        services  last 10 s  1–11/16 ━━━━━━━━━━━ 29/30 up  2 failing   by severity ▾
            service           up  req/s                       err      p99 brk   lag
        ✗ F payment-gateway  1/1    0.3  ⣾⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀   100 %  2.41 s          –
       ▌✗ F payment          2/2    4.1  ⣾⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀  97.6 %  2.03 s  ○ O 1,204
        ▲ D gateway          3/3    214  ⣶⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷   1.9 %  2.07 s          –
        ▲ D recommendation   1/2     71  ⣶⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷   1.2 %   148 ms         –
        ● H catalog          2/2     88  ⣶⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷   0.1 %    61 ms ◐ H     –
        ● H review           2/2     74  ⣶⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷   0.0 %    18 ms         –
        ● H search           2/2     62  ⣶⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷   0.0 %    24 ms         2
        ● H inventory        2/2     50  ⣶⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷   0.0 %    14 ms         5
        ● H order            2/2     46  ⣶⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷   0.0 %    22 ms         3
        ● H customer         2/2     46  ⣶⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷   0.0 %    11 ms         –
        ● H item             2/2     41  ⣶⣴⣦⣦⣷⣴⣦⣶⣴⣼⣦⣶⣴⣦⣦⣷   0.0 %    16 ms         –
        payment: instances  1–1/2 ──── 2/2 up   payment: calls out  last 10 s ──────
        instance            busy     p99        ○ OPEN  payment-gateway        100 %
        ● payment-1:41871    4/4  2.02 s          charges the customer's card
        payment: endpoints  last 10 s  1–1/2    payment: consumes ──────────────────
        operation         req/s     err         payment                        1,204
        on ITEM_RESERVED    4.1  97.6 %           stable · 2 members · ▲ WARN
        payment: latest errors ─────────────────────────────────────────────── l log
        14:03:26.9  c90d…e1a8  ✗ CallNotPermitted: breaker payment-gateway is OPEN
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  @Test func at40() {
    var stage = PageStage(ServicesPage(), columns: 40, rows: 12)
    stage.press("j")
    let wanted = """
        services  1–7/16 ━━━━━ by severity ▾
            service             err      p99
        ✗ F payment-gateway   100 %  2.41 s
       ▌✗ F payment          97.6 %  2.03 s
        ▲ D gateway           1.9 %  2.07 s
        ▲ D recommendation    1.2 %   148 ms
        ● H catalog           0.1 %    61 ms
        ● H review            0.0 %    18 ms
        ● H search            0.0 %    24 ms
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }
}

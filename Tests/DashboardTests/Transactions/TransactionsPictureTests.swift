import Testing

@testable import Dashboard

/// What page 5 looks like, character by character.
struct TransactionsPictureTests {
  private func list(_ columns: Int, _ rows: Int) -> String {
    PageStage(TransactionsPage(), TransactionFixture.snapshot, columns: columns, rows: rows).picture().trimmedEnd
  }

  private func tree(_ columns: Int, _ rows: Int, _ keys: String = "n") -> String {
    var stage = CallTreeKeyTests.stage(columns: columns, rows: rows)
    stage.press(keys)
    return stage.picture().trimmedEnd
  }

  @Test func theListAt118() {
    let picture = list(118, 36)
    #expect(
      picture == """
          transactions ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 1.2k running  1 compensating  1 stuck   newest ▾   1/9
            state         GTXID      kind                start▾         took  hops  services             first error
         ▌▸ RUNNING       e01c…1111  checkout            14:03:26.8   120 ms     3  gateway order +2     at inventory
          ✓ COMMITTED     c90d…1111  checkout            14:03:26.1    41 ms     6  gateway order +2
          ✓ REJECTED      1be4…1111  checkout            14:03:25.6    12 ms     4  gateway order +2     sku-7 is sold out
          ↺ COMPENSATING  aa71…1111  checkout            14:03:25.0  2.00 s      7  gateway order +2     PaymentGatewayTime…
          ✓ OK            5d20…1111  GET /api/상품/목록  14:03:23.9   240 ms     –  frontend backend
          ▸ OVERDUE       c41d…1111  checkout            14:03:00.9  26.1 s      5  gateway order +2     at payment
          ↺ COMPENSATED   8f3a…21c9  checkout            14:02:57.3  2.07 s      9  gateway order +4     PaymentGatewayTime…
          ✗ FAILED        04f2…1111  checkout            14:02:56.0  1.01 s      2  gateway order +2     order does not ans…
          ■ STUCK         77b0…1111  checkout            13:59:15.0   4m 12s     9  gateway order +2     ReleaseStock faile…
        """, "\n\(picture)")
  }

  @Test func theListAt80() {
    let picture = list(80, 24)
    #expect(
      picture == """
          transactions ━━━━━━━━ 1.2k running  1 compensating  1 stuck   newest ▾   1/9
            state         GTXID      kind                 took  hops  first error
         ▌▸ RUNNING       e01c…1111  checkout           120 ms     3  at inventory
          ✓ COMMITTED     c90d…1111  checkout            41 ms     6
          ✓ REJECTED      1be4…1111  checkout            12 ms     4  sku-7 is sold o…
          ↺ COMPENSATING  aa71…1111  checkout          2.00 s      7  PaymentGatewayT…
          ✓ OK            5d20…1111  GET /api…품/목록   240 ms     –
          ▸ OVERDUE       c41d…1111  checkout          26.1 s      5  at payment
          ↺ COMPENSATED   8f3a…21c9  checkout          2.07 s      9  PaymentGatewayT…
          ✗ FAILED        04f2…1111  checkout          1.01 s      2  order does not …
          ■ STUCK         77b0…1111  checkout           4m 12s     9  ReleaseStock fa…
        """, "\n\(picture)")
  }

  @Test func theTreeAt118() {
    let picture = tree(118, 36)
    #expect(
      picture == """
          8f3a91c07b5e44d2a6f0c3d91e7721c9  checkout ─────────────────────────────────────────────────── tree  flame  events
          ↺ COMPENSATED   2.07 s   9 hops  1 error   customer sees cancelled   kim  38,000 KRW  ┃ critical transaction 100 %

          hop  service and operation                                  took  0       0.5 s     1.0 s     1.5 s    2.0 s  code
          ┃#1  ▾ gateway POST /orders                              2.07 s   ▏████████████████████████████████████████▌ ✗ 402
           #2    ▾ order createOrder                                 12 ms  ▍         ┊         ┊         ┊         ┊     ok
           #3        customer reserve credit                          4 ms  ▌         ┊         ┊         ┊         ┊     ok
                   ✉ ORDER_CREATE → inventory[2] @188,811            +3 ms  ▌         ┊         ┊         ┊         ┊
           #4      ▾ inventory reserve sku-18 ×2                      9 ms  ▐         ┊         ┊         ┊         ┊     ok
                     ✉ ITEM_RESERVED → payment[1] @187,611           +4 ms  ▐         ┊         ┊         ┊         ┊
          ┃#5        ▾ payment charge 38,000 KRW                   2.00 s   ▐████████████████████████████████████████▎     ✗
         ▌┃#6            payment-gateway POST /charge  1/3         1.00 s   ▋████████████████████         ┊         ┊  ✗ 504
          ┃            ◷ back-off                                   500 ms            ┊         ┊ ╌╌╌╌╌╌╌╌╌         ┊
                       ○ breaker OPEN payment → payment-gateway                       ┊         ┊         ○         ┊
                       ⊘ attempt 2/3 not permitted                    0 ms            ┊         ┊         ┊⊘        ┊      ⊘
          ┃            ◷ back-off                                   500 ms            ┊         ┊         ┊ ╌╌╌╌╌╌╌╌╌
                       ⊘ attempt 3/3 not permitted                    0 ms            ┊         ┊         ┊         ┊⊘     ⊘
                       ✉ PAYMENT_FAILED → inventory[2] @188,830      +4 ms            ┊         ┊         ┊         ┊▌
           #7            inventory release sku-18 ×2  ↺ undoes #4     6 ms            ┊         ┊         ┊         ┊▌    ok
           #8    ▾ order cancel  ↺ undoes #2                         11 ms            ┊         ┊         ┊         ┊▐    ok
           #9        customer release credit  ↺ undoes #3             5 ms            ┊         ┊         ┊         ┊▐    ok

          #6 payment-gateway  POST /charge ─────────────────────────────────────────────────── client span  b7ad6b7169203331
          ✗ PaymentGatewayTimeout  결제 게이트웨이 응답 시간 초과: 1,000 ms 안에 답이 없습니다

          start +36 ms    self 1.00 s    critical 48 %    skew –    instance payment-2:41873    peer payment-gateway
          try 1/3    amount 38000    currency KRW    idempotency.key 8f3a91c07b5e44d2a6f0c3d91e7721c9/charge

          14:02:57.336  INFO   payment-2  charge 38,000 KRW, key 8f3a…/charge
          14:02:58.336  WARN   payment-2  no answer in 1,000 ms, retry in 500 ms
          14:02:58.836  ERROR  payment-2  call not permitted: breaker payment-gateway is OPEN
        """, "\n\(picture)")
  }

  @Test func theTreeAt80() {
    let picture = tree(80, 24)
    #expect(
      picture == """
          8f3a91c07b5e44d2a6f0c3d91e7721c9  checkout ──── 1–13/17  tree  flame  events
          ↺ COMPENSATED   2.07 s   customer sees cancelled         ┃ transaction 100 %
          hop  service and operation                  took  0              2.0 s  code
          ┃#1  ▾ gateway POST /orders              2.07 s   ▏██████████████████▊ ✗ 402
           #2    ▾ order createOrder                 12 ms  ▏                  ┊    ok
           #3        customer reserve credit          4 ms  ▏                  ┊    ok
                   ✉ ORDER_CREATE → inventory        +3 ms  ▌                  ┊
           #4      ▾ inventory reserve sku-18 ×2      9 ms  ▌                  ┊    ok
                     ✉ ITEM_RESERVED → payment       +4 ms  ▌                  ┊
          ┃#5        ▾ payment charge 38,000 KRW   2.00 s   ▐██████████████████▋     ✗
         ▌┃#6            payment-gateway POST /c…  1.00 s   ▎█████████         ┊ ✗ 504
          ┃            ◷ back-off                   500 ms             ╌╌╌     ┊
                       ○ breaker OPEN payment → …                         ○    ┊
                       ⊘ attempt 2/3 not permitt…     0 ms                ⊘    ┊     ⊘
          ┃            ◷ back-off                   500 ms                 ╌╌╌╌┊
                       ⊘ attempt 3/3 not permitt…     0 ms                     ⊘     ⊘
          #6 payment-gateway  POST /charge ───────────── client span  b7ad6b7169203331
          ✗ PaymentGatewayTimeout  결제 게이트웨이 응답 시간 초과: 1,000 ms 안에 답이…
          start +36 ms    self 1.00 s    critical 48 %    skew –
          instance payment-2:41873    peer payment-gateway
          14:02:57.336  INFO   payment-2  charge 38,000 KRW, key 8f3a…/cha…  +2 more l
        """, "\n\(picture)")
  }

  @Test func theTreeAt60() {
    let picture = tree(60, 20)
    #expect(
      picture == """
          8f3a91c07b5e44d2a6f0c3d91e7721c9  checkout ────── 1–9/17
          ↺ COMPENSATED   2.07 s               ┃ transaction 100 %
          hop  service and operation      took  0            2.0 s
          ┃#1  ▾ gateway POST /orders  2.07 s   ▏████████████████▊
           #2    ▾ order createOrder     12 ms  ▏                ┊
           #3        customer reserv…     4 ms  ▏                ┊
                   ✉ ORDER_CREATE        +3 ms  ▌                ┊
           #4      ▾ inventory reser…     9 ms  ▌                ┊
                     ✉ ITEM_RESERVED     +4 ms  ▌                ┊
          ┃#5        ▾ payment charg…  2.00 s   ▐████████████████▊
         ▌┃#6            payment-gat…  1.00 s   ▎████████        ┊
          ┃            ◷ back-off       500 ms            ╌╌╌    ┊
          #6 payment-gateway  POST /charge ───────────────────────
          ✗ PaymentGatewayTimeout  결제 게이트웨이 응답 시간 초과…
          start +36 ms    self 1.00 s    critical 48 %    skew –
          instance payment-2:41873    peer payment-gateway
          14:02:57.336  INFO   charge 38,000 KRW, key …  +2 more l
        """, "\n\(picture)")
  }

  @Test func theFlameAt80() {
    let picture = tree(80, 24, "n t")
    #expect(
      picture == """
          8f3a91c07b5e44d2a6f0c3d91e7721c9  checkout ───────────── tree  flame  events
          ↺ COMPENSATED   2.07 s   customer sees cancelled         ┃ transaction 100 %
          0               0.5 s             1.0 s              1.5 s             2.0 s
          gateway
            order                                                              order
            customer                                                        customer
           payment
           payment-gateway                       ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌○⊘╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌
          #6 payment-gateway  POST /charge ───────────── client span  b7ad6b7169203331
          ✗ PaymentGatewayTimeout  결제 게이트웨이 응답 시간 초과: 1,000 ms 안에 답이…
          start +36 ms    self 1.00 s    critical 48 %    skew –
          instance payment-2:41873    peer payment-gateway
          try 1/3    amount 38000    currency KRW
          idempotency.key 8f3a91c07b5e44d2a6f0c3d91e7721c9/charge
          14:02:57.336  INFO   payment-2  charge 38,000 KRW, key 8f3a…/charge
          14:02:58.336  WARN   payment-2  no answer in 1,000 ms, retry in 500 ms
          14:02:58.836  ERROR  payment-2  call not permitted: breaker payment-gateway…
        """, "\n\(picture)")
  }

  @Test func theEventsAt80() {
    let picture = tree(80, 24, "n t t")
    #expect(
      picture == """
          8f3a91c07b5e44d2a6f0c3d91e7721c9  checkout ──── 1–13/20  tree  flame  events
          ↺ COMPENSATED   2.07 s   customer sees cancelled         ┃ transaction 100 %
             after  hop    what happened                            took  time
             +0 ms  #1   › gateway POST /orders                  2.07 s   14:02:57.300
             +6 ms  #2   › order createOrder                       12 ms  14:02:57.306
             +9 ms  #3   › customer reserve credit                  4 ms  14:02:57.309
            +18 ms       ✉ ORDER_CREATE → inventory[2] @188,8…     +3 ms  14:02:57.318
            +21 ms  #4   › inventory reserve sku-18 ×2              9 ms  14:02:57.321
            +30 ms       ✉ ITEM_RESERVED → payment[1] @187,611     +4 ms  14:02:57.330
            +34 ms  #5   › payment charge 38,000 KRW             2.00 s   14:02:57.334
         ▌  +36 ms  #6   ✗ payment-gateway POST /charge  1/3     1.00 s   14:02:57.336
            +36 ms  #6   │ INFO payment-2 charge 38,000 KRW, …            14:02:57.336
          +1.04 s        ◷ back-off                               500 ms  14:02:58.336
          +1.04 s   #6   │ WARN payment-2 no answer in 1,000 …            14:02:58.336
          +1.50 s        ○ breaker OPEN payment → payment-gat…            14:02:58.800
          +1.54 s        ⊘ attempt 2/3 not permitted                0 ms  14:02:58.836
          #6 payment-gateway  POST /charge ───────────── client span  b7ad6b7169203331
          ✗ PaymentGatewayTimeout  결제 게이트웨이 응답 시간 초과: 1,000 ms 안에 답이…
          start +36 ms    self 1.00 s    critical 48 %    skew –
          instance payment-2:41873    peer payment-gateway
          14:02:57.336  INFO   payment-2  charge 38,000 KRW, key 8f3a…/cha…  +2 more l
        """, "\n\(picture)")
  }
}

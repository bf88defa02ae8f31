import Drawing
import Operations
import Testing

@testable import Dashboard

/// What page 8 looks like, character by character.
@Suite struct DataPagePictureTests {
  @Test func at118() {
    let stage = PageStage(DataPage())
    let wanted = """
        what services keep ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 3 to publish   connections 23/100   6 stores  4.2 MB
          store        kind         size    rows   pool wait  cache  outbox  oldest  relay                 sent/s  dead
       ▌▲ order        SQLite     1.8 MB  14,204   5/20    0      –       –       –  order-1                   41     2
        ● inventory    SQLite     912 KB   9,120   4/10    0      –       –       –  inventory-2               38     0
        ● customer     SQLite     640 KB   5,011   2/10    0      –       –       –  nobody                     0     0
        ● item         SQLite     731 KB   4,402   3/10    0      –       –       –  item-1                    12     0
        ● catalog      SQLite      24 KB     120   6/20    0      –       –       –                             –     0
        ● search       documents   36 KB      40      –    –      –       –       –                             –     0

        key-value store ──────────────────────────────────────────────────────────────────────────────────────────────────
        ● carts kept by cart, 12 entries                     reads 1,204   found 93.1 %   expired 7   next ends in 12m 04s
        ● revoked tokens kept by member, 0 entries                                           reads 0   found –   expired 0

        on its way ───────────────────────────────────────────────────────────────────────────────────────────────────────
        ● log of item mined by aggregate → item.changes                                           behind 3   oldest 250 ms
        ▲ join of stock and payments → orders, window 5.00 s                 held 41   oldest 14.0 s   rollbacks waiting 2
        ● view search, 40 documents                                                               behind 5   oldest 250 ms
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  @Test func at80() {
    let stage = PageStage(DataPage(), columns: 80, rows: 24)
    let wanted = """
        what services keep ━━━━ 3 to publish   connections 23/100   6 stores  4.2 MB
          store        size    rows   pool wait  cache  outbox  oldest  sent/s  dead
       ▌▲ order      1.8 MB  14,204   5/20    0      –       –       –      41     2
        ● inventory  912 KB   9,120   4/10    0      –       –       –      38     0
        ● customer   640 KB   5,011   2/10    0      –       –       –       0     0
        ● item       731 KB   4,402   3/10    0      –       –       –      12     0
        ● catalog     24 KB     120   6/20    0      –       –       –       –     0
        ● search      36 KB      40      –    –      –       –       –       –     0
        key-value store ────────────────────────────────────────────────────────────
        ● carts kept by cart, 12 entries      reads 1,204   found 93.1 %   expired 7
        ● revoked tokens kept by member, 0 entries     reads 0   found –   expired 0
        on its way ─────────────────────────────────────────────────────────────────
        ● log of item mined by aggregate → item.changes     behind 3   oldest 250 ms
        ▲ join of stock and payments → orders, window 5.00 s                 held 41
        ● view search, 40 documents                         behind 5   oldest 250 ms
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  @Test func at80InASCII() {
    let stage = PageStage(DataPage(), columns: 80, rows: 24, glyphs: .ascii)
    let wanted = """
        what services keep ==== 3 to publish   connections 23/100   6 stores  4.2 MB
          store        size    rows   pool wait  cache  outbox  oldest  sent/s  dead
       >! order      1.8 MB  14,204   5/20    0      -       -       -      41     2
        * inventory  912 KB   9,120   4/10    0      -       -       -      38     0
        * customer   640 KB   5,011   2/10    0      -       -       -       0     0
        * item       731 KB   4,402   3/10    0      -       -       -      12     0
        * catalog     24 KB     120   6/20    0      -       -       -       -     0
        * search      36 KB      40      -    -      -       -       -       -     0
        key-value store ------------------------------------------------------------
        * carts kept by cart, 12 entries      reads 1,204   found 93.1 %   expired 7
        * revoked tokens kept by member, 0 entries     reads 0   found -   expired 0
        on its way -----------------------------------------------------------------
        * log of item mined by aggregate > item.changes     behind 3   oldest 250 ms
        ! join of stock and payments > orders, window 5.00 s                 held 41
        * view search, 40 documents                         behind 5   oldest 250 ms
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  @Test func atAStore() {
    var stage = PageStage(DataPage())
    _ = stage.go(to: .store("customer"))
    stage.context.store = IncidentFixture.storeDetail()
    _ = stage.page.refresh(stage.context)
    let wanted = """
        store of customer ───────────────────────────────────────────────────────────────────────────────── 640 KB  SQLite
        pool 2/10   waiting 0   outbox 0   relay nobody   publishes 0/s


        tables ────────────────── 5,011 rows   outbox, the oldest first ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ ↵ transaction
        table                rows              number  event             topic           key             waits   GTXID
        customer               16             ▌ 4,208  CreditReserved    credit          1204          41.0 s    1be4…6f05
        event               4,210               4,209  CreditReserved    credit          1207          3.00 s    c90d…e1a8
        inbox                 602               4,210  ReserveCredit:ok  replies         77b0             0 ms   77b0…9e02
        lease                   1
        reservation           182              its log: rows before → after, and the events made of them ─── ↵ transaction
                                               row                 before → after                  event         GTXID
                                               reservation 1207 ~  state RESERVED → RELEASED  en…  –             c90d…e1a8
                                               customer kim     ~  segment new → regular           Custom…anged  –
                                               reservation 1207 +  order 1207  amount 38000        –             c90d…e1a8
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  @Test func atAnOrder() {
    var stage = PageStage(DataPage())
    _ = stage.go(to: .order("1204"))
    (stage.context.orderKey, stage.context.order) = ("1204", .found(IncidentFixture.order()))
    _ = stage.page.refresh(stage.context)
    let wanted = """
        order 1204  CANCELLED  orchestrated  77b0…9e02 ─────────────────────────────────────────────────── ✗ 3 differences
                  order                   inventory               customer                payment-gateway
        sku         sku-18                  sku-18                  –                       –
        pieces      2                     ✗ 3                       –                       –
        amount      38,000 KRW              –                       38,000 KRW              –
        customer    kim                     –                       kim                     –
        state       CANCELLED               RELEASED              ✗ RESERVED                NOT CHARGED
        holds       –                       no                    ✗ yes                     no

        what was said of it ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ ↵ call tree
        time          hop  event                     topic                     part   offset  by
       ▌13:57:57.000   #2  CreateOrder               commands.order               2    8,813  orchestrator-1:41931
        13:57:57.012   #4  ReserveCredit             commands.customer            2    8,815  orchestrator-1:41931
        13:58:01.210  #11  ReleaseCredit             commands.customer            2    8,822  orchestrator-1:41931
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  private func stage(_ order: OrderFacts, columns: Int = 118, rows: Int = 36) -> PageStage<DataPage> {
    var stage = PageStage(DataPage(), columns: columns, rows: rows)
    _ = stage.go(to: .order("x"))
    (stage.context.orderKey, stage.context.order) = ("x", .found(order))
    _ = stage.page.refresh(stage.context)
    return stage
  }

  @Test func atAnOrderOfTheLegacyShop() {
    let wanted = """
        order L7  INVOICED  one local transaction  c90d…e1a8 ───────────────────────────────────────────────── ✓ all agree
                  legacy-shop             order                   inventory
        sku         sku-18                  –                       sku-18
        pieces      2                       –                       2
        amount      38,000 KRW              –                       –
        customer    kim                     –                       –
        state       INVOICED                INVOICED                LEGACY
        holds       yes                     –                       yes

        what it took to decide it ────────────────────────────────────────────────────────────────────────────────────────
                            L7, legacy-shop             1204, orchestrated
        local transactions  1                           17
        hops                2                           14
        records             0                           12
        services            2                           7
        spans               3                           27
        decided after       4 ms                        81 ms

        what was said of it ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ ↵ call tree
        time          hop  event                     topic                     part   offset  by
       ▌13:57:57.004   #3  LegacyOrderPlaced         legacy.events                2    8,814  legacy-shop-1:8080
      """
    #expect(stage(IncidentFixture.legacyOrder()).picture().trimmedEnd == wanted)
  }

  @Test func atAnOrderOfTheLegacyShopAt80() {
    let wanted = """
        order L7  INVOICED  one local transaction  c90d…e1a8 ─────────── ✓ all agree
                  legacy-shop            order                  inventory
        sku         sku-18                 –                      sku-18
        pieces      2                      –                      2
        amount      38,000 KRW             –                      –
        customer    kim                    –                      –
        state       INVOICED               INVOICED               LEGACY
        holds       yes                    –                      yes
        what it took to decide it ──────────────────────────────────────────────────
                            L7, legacy-shop             1204, orchestrated
        local transactions  1                           17
        hops                2                           14
        records             0                           12
        services            2                           7
        spans               3                           27
        decided after       4 ms                        81 ms
        what was said of it ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ ↵ call tree
        time          hop  event           topic        part   offset  by
       ▌13:57:57.004   #3  LegacyO…Placed  legac…vents     2    8,814  legacy…1:8080
      """
    #expect(stage(IncidentFixture.legacyOrder(), columns: 80, rows: 24).picture().trimmedEnd == wanted)
  }

  @Test func atAStoredOrderAsOfAMoment() {
    var stage = stage(IncidentFixture.storedOrder())
    stage.context.isFrozen = true
    stage.context.moment = IncidentFixture.storedOrder().history?[1].time
    let wanted = """
        order 1204  SHIPPED  orchestrated  77b0…9e02 ────────────────────────────────────────────────────── ✗ 1 difference
                  order                   inventory               customer                payment-gateway
        sku         sku-18                  sku-18                  –                       –
        pieces      2                     ✗ 3                       –                       –

        its stored events ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ as of 13:57:57.000  PENDING, waits for orchestrator
         #  time          hop  event                     then it is      waits for                 because
       ▌ 1  13:57:57.000   #4  OrderCreated              PENDING         orchestrator
         2  13:57:57.000   #5  SagaReplyRequested        PENDING         orchestrator
         3  13:57:57.061  #16  OrderApproved             APPROVED
         4  13:57:57.061  #16  OrderShipped              SHIPPED
      """
    #expect(stage.picture().trimmedEnd == wanted)
  }

  @Test func atAStoredOrderAt80() {
    let wanted = """
        order 1204  SHIPPED  orchestrated  77b0…9e02 ──────────────── ✗ 1 difference
                  order           inventory       customer        payment-gateway
        sku         sku-18          sku-18          –               –
        pieces      2             ✗ 3               –               –
        its stored events ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ now  SHIPPED
         #  time          hop  event           then it is    waits for    because
       ▌ 1  13:57:57.000   #4  OrderCreated    PENDING       orche…rator
         2  13:57:57.000   #5  SagaRep…uested  PENDING       orche…rator
         3  13:57:57.061  #16  OrderApproved   APPROVED
         4  13:57:57.061  #16  OrderShipped    SHIPPED
      """
    #expect(stage(IncidentFixture.storedOrder(), columns: 80, rows: 24).picture().trimmedEnd == wanted)
  }
}

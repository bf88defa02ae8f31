import Drawing
import Operations
import Testing

@testable import Dashboard

/// What the log looks like, character by character.
@Suite struct LogPictureTests {
  private func picture(columns: Int, rows: Int, glyphs: GlyphSet = .utf8) -> String {
    var cockpit = Cockpit(columns: columns, rows: rows)
    cockpit.press("L")
    cockpit.send(.log(LogFilter(), LogFixture.lines))
    let canvas = cockpit.canvas(glyphs)
    #expect(canvas.violations == [])
    return canvas.text
  }

  @Test func at40() {
    let wanted = """
       shop  ● LIVE 14:03:27    err 1.9 %  ○1
       1  2• 3• 4• 5• 6  7  8  9• 0•   ? help
        log ━━━━━━━━━ 1,200 lines  following
        time          level  message
        14:03:26.300  WARN   retry 2 of 4: …
        14:03:26.400  WARN   order 1f0c can…
        14:03:26.500  INFO   POST /orders 2…
        14:03:26.600  INFO   order created:…
        14:03:26.700  INFO   reserved sku-1…
        14:03:26.800  WARN   retry 2 of 4: …
       ▌14:03:26.900  WARN   order 1f0c can…
       log   ↵ transaction  v level    0.7 ms
      """
    #expect(picture(columns: 40, rows: 12) == wanted)
  }

  @Test func at80() {
    let wanted = """
       shop  ● LIVE 14:03:27  214/s  err 1.9 %  p99 2.07 s  ○1  ◐1  lag 1.2k↑  ↯1  !2
       1 Over  2 Svc• 3 Brk• 4 Topic• 5 Tx• 6 Saga  7 Map  8 Data  9 Plat• 0 Fault•
        lines a second ─────────────────────────────── 10/s  warn 3.4/s  error 0.6/s
                       ⢀⣀⣀⣀⢀⣀⣀⣀⣀⡀⣀⣀⣀⣀⣀⢀⣀⣀⣀⣀⡀⣀⣀⣀⣀⣀⢀⣀⣀⣀⣀⡀⣀⣀⣀⣀ ⢀⣀ ⣀⡀ ⣀⡀⢀⣀ ⢀⣀ ⣀⡀ ⣀⡀⢀⣀ ⢀⡀
                       ⢸⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⡇
        −152 s                                                      ↯            now
        log ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ all levels  1,200 lines  following
        time          level  instance     GTXID      message
        14:03:25.800  ERROR  payment-1    8f3a…00ee  not charged: 결제 게이트웨이 …
        14:03:25.900  WARN   order-2      8f3a…00ee  order 1f0c cancelled: payment …
        14:03:26.000  INFO   gateway-1    8f3a…00ef  POST /orders 202
        14:03:26.100  DEBUG  order-2      8f3a…00ef  order created: sku-18 ×2, 3800…
        14:03:26.200  INFO   inventory-1  8f3a…00ef  reserved sku-18 ×2
        14:03:26.300  WARN   payment-2    8f3a…00ef  retry 2 of 4: payment-gateway …
        14:03:26.400  WARN   order-1      8f3a…00ef  order 1f0c cancelled: payment …
        14:03:26.500  INFO   gateway-2    8f3a…00f0  POST /orders 202
        14:03:26.600  INFO   order-1      8f3a…00f0  order created: sku-18 ×2, 3800…
        14:03:26.700  INFO   inventory-2  8f3a…00f0  reserved sku-18 ×2
        14:03:26.800  WARN   payment-1    8f3a…00f0  retry 2 of 4: payment-gateway …
       ▌14:03:26.900  WARN   order-2      8f3a…00f0  order 1f0c cancelled: payment …
        order-2 ─────────────────────────────────── 8f3a123456789abcdef01234567800f0
        order 1f0c cancelled: payment gateway time-out

       log   ↵ transaction  v level  / filter  d details  n N next warning     0.7 ms
      """
    #expect(picture(columns: 80, rows: 24) == wanted)
  }

  @Test func at120() {
    let wanted = """
       msatop  shop simulated  ● LIVE 14:03:27 ×1       214 tx/s  err 1.9 %  p99 2.07 s  ○ 1  ◐ 1  lag 1.2k ↑  ↯ 1 fault  ! 2
       1 Overview  2 Services• 3 Breakers• 4 Topics• 5 Transactions• 6 Sagas  7 Map  8 Data  9 Platform• 0 Faults•     ? help

        lines a second ─────────────────────────────────────────────────────────────────────── 10/s  warn 3.4/s  error 0.6/s
                                                                                                            ┊
                                                                                                            ┊
                                                               ⢸⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⡇
                                                               ⢸⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⡇
        −232 s                                                                                              ↯            now

        log ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ all levels  1,200 lines  following
        time          level  instance              GTXID      hop  message
        14:03:24.900  WARN   order-2               8f3a…00ec  #5   order 1f0c cancelled: payment gateway time-out
        14:03:25.000  DEBUG  gateway-1             8f3a…00ed  #1   POST /orders 202
        14:03:25.100  INFO   order-2               8f3a…00ed  #2   order created: sku-18 ×2, 38000 KRW
        14:03:25.200  INFO   inventory-1           8f3a…00ed  #3   reserved sku-18 ×2
        14:03:25.300  WARN   payment-2             8f3a…00ed  #4   retry 2 of 4: payment-gateway gave no answer in 1,000 ms
        14:03:25.400  WARN   order-1               8f3a…00ed  #5   order 1f0c cancelled: payment gateway time-out
        14:03:25.500  INFO   gateway-2             8f3a…00ee  #1   POST /orders 202
        14:03:25.600  INFO   order-1               8f3a…00ee  #2   order created: sku-18 ×2, 38000 KRW
        14:03:25.700  INFO   inventory-2           8f3a…00ee  #3   reserved sku-18 ×2
        14:03:25.800  ERROR  payment-1             8f3a…00ee  #4   not charged: 결제 게이트웨이 응답 시간 초과 (1,000 ms)
        14:03:25.900  WARN   order-2               8f3a…00ee  #5   order 1f0c cancelled: payment gateway time-out
        14:03:26.000  INFO   gateway-1             8f3a…00ef  #1   POST /orders 202
        14:03:26.100  DEBUG  order-2               8f3a…00ef  #2   order created: sku-18 ×2, 38000 KRW
        14:03:26.200  INFO   inventory-1           8f3a…00ef  #3   reserved sku-18 ×2
        14:03:26.300  WARN   payment-2             8f3a…00ef  #4   retry 2 of 4: payment-gateway gave no answer in 1,000 ms
        14:03:26.400  WARN   order-1               8f3a…00ef  #5   order 1f0c cancelled: payment gateway time-out
        14:03:26.500  INFO   gateway-2             8f3a…00f0  #1   POST /orders 202
        14:03:26.600  INFO   order-1               8f3a…00f0  #2   order created: sku-18 ×2, 38000 KRW
        14:03:26.700  INFO   inventory-2           8f3a…00f0  #3   reserved sku-18 ×2
        14:03:26.800  WARN   payment-1             8f3a…00f0  #4   retry 2 of 4: payment-gateway gave no answer in 1,000 ms
       ▌14:03:26.900  WARN   order-2               8f3a…00f0  #5   order 1f0c cancelled: payment gateway time-out

        order-2 ─────────────────────────────────────────────────────────────────────────── 8f3a123456789abcdef01234567800f0
        order 1f0c cancelled: payment gateway time-out



       log   ↵ transaction  v level  / filter  d details  n N next warning  Space freeze             0 dropped  12 MB  0.7 ms
      """
    #expect(picture(columns: 120, rows: 40) == wanted)
  }

  @Test func at200() {
    let wanted = """
       msatop  shop simulated  ● LIVE 14:03:27 ×1                                                                                       214 tx/s  err 1.9 %  p99 2.07 s  ○ 1  ◐ 1  lag 1.2k ↑  ↯ 1 fault  ! 2
       1 Overview  2 Services• 3 Breakers• 4 Topics• 5 Transactions• 6 Sagas  7 Map  8 Data  9 Platform• 0 Faults•                                                                                     ? help

        lines a second ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────── 10/s  warn 3.4/s  error 0.6/s
                                                                                                                                                                                            ┊
                                                                                                                                                                                            ┊
                                                                                                                                               ⢸⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⡇
                                                                                                                                               ⢸⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⡇
        −392 s                                                                                                                                                                              ↯            now

        log ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ all levels  1,200 lines  following
        time          level  instance              GTXID      hop  message
        14:03:22.900  WARN   order-2               8f3a…00e8  #5   order 1f0c cancelled: payment gateway time-out
        14:03:23.000  INFO   gateway-1             8f3a…00e9  #1   POST /orders 202
        14:03:23.100  INFO   order-2               8f3a…00e9  #2   order created: sku-18 ×2, 38000 KRW
        14:03:23.200  INFO   inventory-1           8f3a…00e9  #3   reserved sku-18 ×2
        14:03:23.300  WARN   payment-2             8f3a…00e9  #4   retry 2 of 4: payment-gateway gave no answer in 1,000 ms
        14:03:23.400  WARN   order-1               8f3a…00e9  #5   order 1f0c cancelled: payment gateway time-out
        14:03:23.500  INFO   gateway-2             8f3a…00ea  #1   POST /orders 202
        14:03:23.600  INFO   order-1               8f3a…00ea  #2   order created: sku-18 ×2, 38000 KRW
        14:03:23.700  INFO   inventory-2           8f3a…00ea  #3   reserved sku-18 ×2
        14:03:23.800  WARN   payment-1             8f3a…00ea  #4   retry 2 of 4: payment-gateway gave no answer in 1,000 ms
        14:03:23.900  WARN   order-2               8f3a…00ea  #5   order 1f0c cancelled: payment gateway time-out
        14:03:24.000  INFO   gateway-1             8f3a…00eb  #1   POST /orders 202
        14:03:24.100  INFO   order-2               8f3a…00eb  #2   order created: sku-18 ×2, 38000 KRW
        14:03:24.200  INFO   inventory-1           8f3a…00eb  #3   reserved sku-18 ×2
        14:03:24.300  ERROR  payment-2             8f3a…00eb  #4   not charged: 결제 게이트웨이 응답 시간 초과 (1,000 ms)
        14:03:24.400  WARN   order-1               8f3a…00eb  #5   order 1f0c cancelled: payment gateway time-out
        14:03:24.500  INFO   gateway-2             8f3a…00ec  #1   POST /orders 202
        14:03:24.600  INFO   order-1               8f3a…00ec  #2   order created: sku-18 ×2, 38000 KRW
        14:03:24.700  INFO   inventory-2           8f3a…00ec  #3   reserved sku-18 ×2
        14:03:24.800  WARN   payment-1             8f3a…00ec  #4   retry 2 of 4: payment-gateway gave no answer in 1,000 ms
        14:03:24.900  WARN   order-2               8f3a…00ec  #5   order 1f0c cancelled: payment gateway time-out
        14:03:25.000  DEBUG  gateway-1             8f3a…00ed  #1   POST /orders 202
        14:03:25.100  INFO   order-2               8f3a…00ed  #2   order created: sku-18 ×2, 38000 KRW
        14:03:25.200  INFO   inventory-1           8f3a…00ed  #3   reserved sku-18 ×2
        14:03:25.300  WARN   payment-2             8f3a…00ed  #4   retry 2 of 4: payment-gateway gave no answer in 1,000 ms
        14:03:25.400  WARN   order-1               8f3a…00ed  #5   order 1f0c cancelled: payment gateway time-out
        14:03:25.500  INFO   gateway-2             8f3a…00ee  #1   POST /orders 202
        14:03:25.600  INFO   order-1               8f3a…00ee  #2   order created: sku-18 ×2, 38000 KRW
        14:03:25.700  INFO   inventory-2           8f3a…00ee  #3   reserved sku-18 ×2
        14:03:25.800  ERROR  payment-1             8f3a…00ee  #4   not charged: 결제 게이트웨이 응답 시간 초과 (1,000 ms)
        14:03:25.900  WARN   order-2               8f3a…00ee  #5   order 1f0c cancelled: payment gateway time-out
        14:03:26.000  INFO   gateway-1             8f3a…00ef  #1   POST /orders 202
        14:03:26.100  DEBUG  order-2               8f3a…00ef  #2   order created: sku-18 ×2, 38000 KRW
        14:03:26.200  INFO   inventory-1           8f3a…00ef  #3   reserved sku-18 ×2
        14:03:26.300  WARN   payment-2             8f3a…00ef  #4   retry 2 of 4: payment-gateway gave no answer in 1,000 ms
        14:03:26.400  WARN   order-1               8f3a…00ef  #5   order 1f0c cancelled: payment gateway time-out
        14:03:26.500  INFO   gateway-2             8f3a…00f0  #1   POST /orders 202
        14:03:26.600  INFO   order-1               8f3a…00f0  #2   order created: sku-18 ×2, 38000 KRW
        14:03:26.700  INFO   inventory-2           8f3a…00f0  #3   reserved sku-18 ×2
        14:03:26.800  WARN   payment-1             8f3a…00f0  #4   retry 2 of 4: payment-gateway gave no answer in 1,000 ms
       ▌14:03:26.900  WARN   order-2               8f3a…00f0  #5   order 1f0c cancelled: payment gateway time-out

        order-2 ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────── 8f3a123456789abcdef01234567800f0
        order 1f0c cancelled: payment gateway time-out



       log   ↵ transaction  v level  / filter  d details  n N next warning  Space freeze                                                                                             0 dropped  12 MB  0.7 ms
      """
    #expect(picture(columns: 200, rows: 60) == wanted)
  }

  @Test func inASCII() {
    let wanted = """
       msatop  shop simulated  * LIVE 14:03:27 x1       214 tx/s  err 1.9 %  p99 2.07 s  O 1  o 1  lag 1.2k ^  % 1 fault  ! 2
       1 Overview  2 Services! 3 Breakers! 4 Topics! 5 Transactions! 6 Sagas  7 Map  8 Data  9 Platform! 0 Faults!     ? help

        lines a second ----------------------------------------------------------------------- 10/s  warn 3.4/s  error 0.6/s
                                                                                                            :
                                                                                                            :
                                                               :::::::::::::::::::::::::::::::::::::::::::::::::::::::::::::
                                                               :::::::::::::::::::::::::::::::::::EEEEEEEEEEEEEEEEEEEEEEEEEW
        -232 s                                                                                              %            now

        log ============================================================================= all levels  1,200 lines  following
        time          level  instance              GTXID      hop  message
        14:03:24.900  WARN   order-2               8f3a~00ec  #5   order 1f0c cancelled: payment gateway time-out
        14:03:25.000  DEBUG  gateway-1             8f3a~00ed  #1   POST /orders 202
        14:03:25.100  INFO   order-2               8f3a~00ed  #2   order created: sku-18 x2, 38000 KRW
        14:03:25.200  INFO   inventory-1           8f3a~00ed  #3   reserved sku-18 x2
        14:03:25.300  WARN   payment-2             8f3a~00ed  #4   retry 2 of 4: payment-gateway gave no answer in 1,000 ms
        14:03:25.400  WARN   order-1               8f3a~00ed  #5   order 1f0c cancelled: payment gateway time-out
        14:03:25.500  INFO   gateway-2             8f3a~00ee  #1   POST /orders 202
        14:03:25.600  INFO   order-1               8f3a~00ee  #2   order created: sku-18 x2, 38000 KRW
        14:03:25.700  INFO   inventory-2           8f3a~00ee  #3   reserved sku-18 x2
        14:03:25.800  ERROR  payment-1             8f3a~00ee  #4   not charged: ???? ?????????? ???? ???? ???? (1,000 ms)
        14:03:25.900  WARN   order-2               8f3a~00ee  #5   order 1f0c cancelled: payment gateway time-out
        14:03:26.000  INFO   gateway-1             8f3a~00ef  #1   POST /orders 202
        14:03:26.100  DEBUG  order-2               8f3a~00ef  #2   order created: sku-18 x2, 38000 KRW
        14:03:26.200  INFO   inventory-1           8f3a~00ef  #3   reserved sku-18 x2
        14:03:26.300  WARN   payment-2             8f3a~00ef  #4   retry 2 of 4: payment-gateway gave no answer in 1,000 ms
        14:03:26.400  WARN   order-1               8f3a~00ef  #5   order 1f0c cancelled: payment gateway time-out
        14:03:26.500  INFO   gateway-2             8f3a~00f0  #1   POST /orders 202
        14:03:26.600  INFO   order-1               8f3a~00f0  #2   order created: sku-18 x2, 38000 KRW
        14:03:26.700  INFO   inventory-2           8f3a~00f0  #3   reserved sku-18 x2
        14:03:26.800  WARN   payment-1             8f3a~00f0  #4   retry 2 of 4: payment-gateway gave no answer in 1,000 ms
       >14:03:26.900  WARN   order-2               8f3a~00f0  #5   order 1f0c cancelled: payment gateway time-out

        order-2 --------------------------------------------------------------------------- 8f3a123456789abcdef01234567800f0
        order 1f0c cancelled: payment gateway time-out



       log   Enter transaction  v level  / filter  d details  n N next warning  Space freeze         0 dropped  12 MB  0.7 ms
      """
    #expect(picture(columns: 120, rows: 40, glyphs: .ascii) == wanted)
  }
}

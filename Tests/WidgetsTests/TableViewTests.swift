import Drawing
import Testing
import Widgets

@Suite struct Tables {
  @Test(arguments: [
    Picture(
      64, 5,
      #"""
           name                 up   req/s           err     ▾p99
       ✗ F payment-gateway     1/3   0.3/s  ⣠⣾⣦⣀   100 %  2.41 s
      ▌✗ F payment             2/3   4.1/s  ⣠⣾⣦⣀  97.6 %  2.03 s
       ▲ D gateway             3/3   214/s  ⣠⣾⣦⣀   1.9 %   148 ms
       ● H 주문-history        2/3   9.0/s  ⣠⣾⣦⣀   0.0 %    12 ms
      """#),
    Picture(
      48, 5,
      #"""
           name           up   req/s     err     ▾p99
       ✗ F paymen…teway  1/3   0.3/s   100 %  2.41 s
      ▌✗ F payment       2/3   4.1/s  97.6 %  2.03 s
       ▲ D gateway       3/3   214/s   1.9 %   148 ms
       ● H 주문-history  2/3   9.0/s   0.0 %    12 ms
      """#),
    Picture(
      38, 5,
      #"""
           name                err     ▾p99
       ✗ F payment-gateway   100 %  2.41 s
      ▌✗ F payment          97.6 %  2.03 s
       ▲ D gateway           1.9 %   148 ms
       ● H 주문-history      0.0 %    12 ms
      """#),
    Picture(
      30, 5,
      #"""
           name        err     ▾p99
       ✗ F pay…way   100 %  2.41 s
      ▌✗ F payment  97.6 %  2.03 s
       ▲ D gateway   1.9 %   148 ms
       ● H 주…tory   0.0 %    12 ms
      """#),
    Picture(
      22, 5,
      #"""
           name         err
       ✗ F paym…way   100 %
      ▌✗ F payment   97.6 %
       ▲ D gateway    1.9 %
       ● H 주문…ory   0.0 %
      """#),
    Picture(
      12, 5,
      #"""
           name
       ✗ F pay…ay
      ▌✗ F pay…nt
       ▲ D gat…ay
       ● H 주…ory
      """#),
    Picture(
      64, 5, .ascii,
      #"""
           name                 up   req/s           err    v p99
       x F payment-gateway     1/3   0.3/s  .=-_   100 %  2.41 s
      >x F payment             2/3   4.1/s  .=-_  97.6 %  2.03 s
       ! D gateway             3/3   214/s  .=-_   1.9 %   148 ms
       * H ????-history        2/3   9.0/s  .=-_   0.0 %    12 ms
      """#),
  ]) func columnsGiveWay(_ picture: Picture) {
    picture.expect { canvas in
      let rows: [(mark: Mark, name: String, up: Int, rate: Double, errors: Double, latency: Int64)] = [
        (.failing, "payment-gateway", 1, 0.3, 1, 2410), (.failing, "payment", 2, 4.1, 0.976, 2030),
        (.degraded, "gateway", 3, 214, 0.019, 148), (.healthy, "주문-history", 2, 9, 0, 12),
      ]
      let columns = [
        TableColumn("", .fixed(3)), TableColumn("name", .share(minimum: 8, maximum: 18), gap: 1),
        TableColumn("up", .fixed(3), align: .right, priority: 2),
        TableColumn("req/s", .fit(minimum: 6), align: .right, priority: 1),
        TableColumn("", .fixed(4), priority: 3), TableColumn("err", .fit(minimum: 6), align: .right),
        TableColumn("p99", .fit(minimum: 6), align: .right),
      ]
      TableView(columns: columns, rowCount: rows.count, sort: TableSort(column: 6, isDescending: true), selected: 1) {
        index in
        let row = rows[index]
        return [
          .runs(row.mark.short), .text(row.name), .figure(Figures.fraction(row.up, of: 3)),
          .figure(Figures.rate(row.rate)),
          .pulse([1, 2, 3, 4, 3, 2, 1, 1]), .figure(Figures.percent(row.errors), Severity.errors.ink(row.errors)),
          .figure(Figures.duration(row.latency * 1_000_000)),
        ]
      }.draw(on: &canvas, in: Rect(x: 1, y: 0, width: canvas.size.columns - 2, height: canvas.size.rows))
    }
  }

  @Test(arguments: [
    Picture(
      8, 4,
      #"""
      ...a


      bccccccc
      a faint
      b selectionBar bold on selection
      c text on selection
      """#)
  ]) func theSelectedRowStaysInSight(_ picture: Picture) {
    picture.expectStyles { canvas in
      TableView(columns: [TableColumn("n", .fit(minimum: 3), align: .right)], rowCount: 100, selected: 42, offset: 0) {
        index in
        [.figure(Figures.count(index))]
      }.draw(on: &canvas, in: Rect(x: 1, y: 0, width: 6, height: 4))
    }
  }

  @Test(arguments: [
    Picture(
      12, 9,
      #"""
           took
           0 ms
        0.31 ms
          84 ms
        2.07 s
        26.1 s
         4m 12s
           2 h
           –
      """#)
  ]) func unitsStandBelowEachOther(_ picture: Picture) {
    picture.expect { canvas in
      let times: [Int64] = [0, 310_000, 84_000_000, 2_070_000_000, 26_100_000_000, 252_000_000_000, 7_200_000_000_000]
      TableView(columns: [TableColumn("took", .fit(minimum: 8), align: .right)], rowCount: times.count + 1) { index in
        [index < times.count ? .figure(Figures.duration(times[index])) : .unknown]
      }.draw(on: &canvas, in: Rect(x: 1, y: 0, width: 10, height: 9))
    }
  }

  @Test(arguments: [
    Picture(
      30, 3,
      #"""
      state     breaker
      No breaker is open.

      """#),
    Picture(
      12, 3,
      #"""
      state
      No breaker …

      """#),
  ]) func anEmptyOneSaysSo(_ picture: Picture) {
    picture.expect { canvas in
      TableView(
        columns: [TableColumn("state", .fixed(8)), TableColumn("breaker", .share(minimum: 8))], rowCount: 0,
        empty: [Run("No breaker is open.", .muted)]
      ) { _ in [] }
      .draw(on: &canvas, in: Rect(x: 0, y: 0, width: canvas.size.columns, height: 3))
    }
  }
}

import Drawing
import Testing
import Widgets

@Suite struct Charts {
  @Test(arguments: [
    Picture(
      20, 4,
      #"""
               ┊       ⣠⣴⣾
               ┊   ⢀⣠⣶⣿⣿⣿⣿
      ⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣤⣾⣿⣿⣿⣿⣿⣿⣿
      −40 s    ↯       now
      """#),
    Picture(
      12, 3,
      #"""
       ┊     ⢀⣠⣤⣶⣿
      ⣀⣀⣀⣠⣤⣶⣿⣿⣿⣿⣿⣿
       ↯       now
      """#),
    Picture(
      30, 4,
      #"""
                         ┊       ⣠⣴⣾
                         ┊   ⢀⣠⣶⣿⣿⣿⣿
                ⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣤⣾⣿⣿⣿⣿⣿⣿⣿
      −60 s              ↯       now
      """#),
    Picture(
      20, 4, .ascii,
      #"""
               :       ###
               :   ####:::
      #############:::::::
      -40 s    %       now
      """#),
  ]) func area(_ picture: Picture) {
    picture.expect { canvas in
      let values = (0..<40).map { Double($0 < 20 ? 2 : 4 * ($0 - 19)) }
      AreaChart(values, tone: .ramp, top: 80, marks: [18])
        .draw(on: &canvas, in: Rect(x: 0, y: 0, width: canvas.size.columns, height: canvas.size.rows))
    }
  }

  @Test(arguments: [
    Picture(
      6, 2,
      #"""
          ⣠⢸
        ⣠⢸⣿⢸
      """#)
  ]) func areaWithWhatIsNotKnown(_ picture: Picture) {
    picture.expect { canvas in
      AreaChart([1, 2, .nan, 4, 5, 6, .infinity, 8], tone: .flow, top: 8, axis: nil)
        .draw(on: &canvas, in: Rect(x: 0, y: 0, width: 6, height: 2))
    }
  }

  @Test(arguments: [
    Picture(
      20, 6,
      #"""
               ⢰⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒
               ⢸⡇
      ⠤⠤⠤⠤⠤⠤⠤⠤⠤⠼⡇
      ⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠁
      ⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉
      −40 s    ↯       now
      """#),
    Picture(
      26, 6, .ascii,
      #"""
                     ###########
                     #+
            ##########+
            +++++++++++
            ....................
      -52 s  p95 p50 %       now
      """#),
  ]) func latency(_ picture: Picture) {
    picture.expect { canvas in
      let p50 = (0..<40).map { _ in 13.0 }
      let p95 = (0..<40).map { $0 < 20 ? 40.0 : 1900 }
      let p99 = (0..<40).map { $0 < 19 ? 84.0 : 2070 }
      LineChart.latency(
        p50: p50, p95: p95, p99: p99, marks: [18], axis: ChartAxis(legend: [Run("p95"), Run(" p50", .flow2)])
      )
      .draw(on: &canvas, in: Rect(x: 0, y: 0, width: canvas.size.columns, height: canvas.size.rows))
    }
  }

  @Test(arguments: [
    Picture(
      30, 6,
      #"""
                 ┊
      ⣠⣤⣆⣤⣴⣠⣤⣆⣤⣴⣠⣤⣆⣤⣴⣠⣤⣆⣤⣴⣠⣤⣆⣤⣴⣠⣤⣆⣤⣴
      ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿ unread ⣿⣿⣿⣿⣿
      ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿
      ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤
      −60 s      ↯               now
      """#),
    Picture(
      30, 6, .ascii,
      #"""
                 :
      ##############################
      ::::::::::::::::: unread :::::
      ::::::::::::::::::::::::::::::
      ::::::::::::__________________
      -60 s      %               now
      """#),
  ]) func recordsInAndOut(_ picture: Picture) {
    picture.expect { canvas in
      let written = (0..<60).map { 40 + Double($0 % 5) }
      let read = written.enumerated().map { $0 < 24 ? $1 : 4 }
      InOutChart(written: written, read: read, top: 60, marks: [22])
        .draw(on: &canvas, in: Rect(x: 0, y: 0, width: canvas.size.columns, height: canvas.size.rows))
    }
  }

  @Test(arguments: [
    Picture(
      11, 7,
      #"""
      ▁▁▂▃▄▅▆▇ █
        ⣀⣀⣾⣾ ⣤
           ▂▂▆▄▆
      ━━━━━─────
      ━─────────
      ━━━━━━━━━─
      ━━━━━●─────
      """#),
    Picture(
      11, 7, .ascii,
      #"""
      __.-=+*# @
        __== .
           CCOHO
      =====-----
      =---------
      =========-
      =====*-----
      """#),
  ]) func oneLine(_ picture: Picture) {
    picture.expect { canvas in
      Sparkline([0, 1, 2, 3, 4, 5, 6, 7, .nan, 8]).draw(on: &canvas, x: 0, y: 0, width: 10)
      Pulse([1, 1, 1, 1, 9, 10, 9, 10, .nan, .nan, 5, 5]).draw(on: &canvas, x: 0, y: 1, width: 8)
      HistoryStrip([.none, .closed, .closed, .open, .halfOpen, .open]).draw(on: &canvas, x: 0, y: 2, width: 10)
      Meter(0.5, ink: .open).draw(on: &canvas, x: 0, y: 3, width: 10)
      Meter(0.001, ink: .open).draw(on: &canvas, x: 0, y: 4, width: 10)
      Meter(0.999, ink: .open).draw(on: &canvas, x: 0, y: 5, width: 10)
      Meter(0.5, ink: .fault, isSlider: true).draw(on: &canvas, x: 0, y: 6, width: 11)
    }
  }

  @Test(arguments: [
    Picture(
      7, 2,
      #"""
      .a.bcd
      ef.gghh
      a ramp 1.00
      b flow 0.14
      c flow 0.57
      d flow 1.00
      e ramp 0.51
      f ramp 1.00>background 0.52
      g fault
      h border
      """#)
  ]) func colorsSayHowBad(_ picture: Picture) {
    picture.expectStyles { canvas in
      AreaChart([2, 2, 8, 8], tone: .ramp, top: 8, limit: 4, axis: nil).draw(
        on: &canvas, in: Rect(x: 0, y: 0, width: 2, height: 2))
      Sparkline([0, 4, 8], tone: .flow).draw(on: &canvas, x: 3, y: 0, width: 3)
      Meter(0.5, ink: .fault).draw(on: &canvas, x: 3, y: 1, width: 4)
    }
  }
}

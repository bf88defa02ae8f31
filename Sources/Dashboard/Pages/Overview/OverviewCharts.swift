import Drawing
import Operations
import Widgets

/// The four golden signals over the last minute, with the faults marked.
struct OverviewCharts {
  let context: PageContext
  /// With an axis and the titles in full.
  let isWide: Bool

  private var traffic: TrafficSnapshot { context.snapshot.traffic }

  func draw(_ chart: OverviewLayout.Chart, on canvas: inout Canvas, in area: Rect) {
    guard area.height > 1, area.width > 8 else { return }
    let body = area.inset(top: 1)
    let title: String
    switch chart {
    case .throughput:
      title = isWide ? "throughput" : "tx/s"
      drawArea(traffic.rateSeries, tone: .flow, least: 10, on: &canvas, in: body)
    case .errors:
      title = "errors"
      drawArea(traffic.errorSeries, tone: .ramp, least: 0.01, limit: 0.02, on: &canvas, in: body)
    case .latency:
      title = isWide ? "latency" : "p99"
      drawLatency(on: &canvas, in: body)
    case .lag:
      title = "lag"
      drawArea(traffic.lagSeries, tone: .ramp, least: 100, on: &canvas, in: body)
    }
    Rule(title, figures: figures(chart)).draw(on: &canvas, x: area.x, y: area.y, width: area.width)
  }

  private func drawArea(
    _ series: [Float], tone: ChartTone, least: Double, limit: Double? = nil, on canvas: inout Canvas, in area: Rect
  ) {
    let values = series.doubles
    let top = Self.top(values, atLeast: least)
    AreaChart(values, tone: tone, top: top, limit: limit, marks: marks(values.count), axis: axis())
      .draw(on: &canvas, in: area)
  }

  private func drawLatency(on canvas: inout Canvas, in area: Rect) {
    let p99 = traffic.p99Series.doubles
    let marks = marks(p99.count)
    let top = max(3000, Self.top(p99, atLeast: 3000))
    guard isWide else {
      LineChart([LineChart.Series(known(p99), tone: .ramp)], bottom: 4, top: top, marks: marks, axis: nil)
        .draw(on: &canvas, in: area)
      return
    }
    let legend = [Run("p95", .text), Run(" p50", .flow2)]
    LineChart.latency(
      p50: known(traffic.p50Series.doubles), p95: known(traffic.p95Series.doubles), p99: known(p99), top: top,
      marks: marks, axis: axis(legend: legend)
    ).draw(on: &canvas, in: area)
  }

  /// A percentile of 0 is of a second in which nothing ended.
  private func known(_ values: [Double]) -> [Double] { values.map { $0 > 0 ? $0 : .nan } }

  private func axis(legend: [Run] = []) -> ChartAxis? {
    isWide ? ChartAxis(end: context.isFrozen ? "" : "now", legend: legend) : nil
  }

  /// The samples in which a fault was armed.
  private func marks(_ count: Int) -> [Int] {
    let armed = context.snapshot.faults.armed.map(\.armedAt)
    let told = context.snapshot.events.filter { $0.kind == .fault && $0.severity >= .warning }.map(\.time)
    let samples = (armed + told).compactMap { time -> Int? in
      let age = context.since(time)
      // What was armed within the second before the first sample marks that one.
      guard age >= 0, age / 1_000_000_000 <= Int64(count) else { return nil }
      return max(0, count - 1 - Int(age / 1_000_000_000))
    }
    return Array(Set(samples)).sorted()
  }

  /// A round figure above the largest value; in small steps, so that a chart uses its height.
  private static func top(_ values: [Double], atLeast least: Double) -> Double {
    let needed = max(least, (values.filter(\.isFinite).max() ?? 0) * 1.1)
    var step = 1e-3
    while step < 1e18 {
      for factor in [1.0, 1.5, 2, 3, 4, 5, 6, 8] where step * factor >= needed { return step * factor }
      step *= 10
    }
    return needed
  }
}

// MARK: - The figure at the right of each rule

extension OverviewCharts {
  private func figures(_ chart: OverviewLayout.Chart) -> [Run] {
    switch chart {
    case .throughput:
      let figure = Figures.rate(traffic.rate, unit: isWide ? " tx/s" : "")
      return [Run(figure.number, .strong, bold: true), Run(figure.unit, .muted)]
    case .errors:
      let figure = Figures.percent(traffic.errorShare)
      let ink = Severity.errors.ink(traffic.errorShare)
      return [Run(figure.number, ink == .text || ink == .faint ? .strong : ink, bold: true), Run(figure.unit, .muted)]
    case .latency:
      guard let p99 = traffic.p99 else { return [Run(Figure.unknown.text, .faint)] }
      let ink = Severity.latencyMilliseconds.ink(Double(p99) / 1e6)
      let run = Run(Figures.duration(p99).text, ink == .text || ink == .faint ? .strong : ink, bold: true)
      return isWide ? [Run("p99 ", .muted), run] : [run]
    case .lag: return lag
    }
  }

  private var lag: [Run] {
    guard let lag = traffic.lag else { return [Run(Figure.unknown.text, .faint)] }
    let worst = context.snapshot.topics.compactMap(\.verdict).max() ?? .ok
    let growth = traffic.lagGrowth
    let arrow = growth >= 1 ? " " + Glyphs.growing : growth <= -1 ? " " + Glyphs.draining : ""
    let ink: Ink = worst == .ok ? .strong : worst.mark.ink
    let figure = Run(Figures.count(Int(clamping: lag)).text, ink, bold: true)
    let trend = arrow.isEmpty || !isWide ? arrow : arrow + " " + Figures.rate(growth.magnitude).text
    return trend.isEmpty ? [figure] : [figure, Run(trend, worst == .ok ? .muted : worst.mark.ink)]
  }
}

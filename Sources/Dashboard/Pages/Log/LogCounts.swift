import Drawing
import Operations
import Widgets

/// How many lines came in each second, by level: what failed stands at the bottom, where it is seen.
struct LogCounts {
  let lines: [LogLine]
  let context: PageContext

  func draw(on canvas: inout Canvas, in area: Rect) {
    guard area.height > 2, area.width >= 30 else { return }
    let halves = area.width * 2
    let seconds = seconds(atMost: halves)
    let counts = counts(seconds: seconds)
    let sums = (0..<seconds).map { second in counts.reduce(0) { $0 + $1[second] } }
    func stretched(_ values: [Double]) -> [Double] { (0..<halves).map { values[$0 * seconds / halves] } }
    let rates = counts.map(Self.rate)
    var figures = [Run(Figures.rate(rates.reduce(0, +)).text, .strong, bold: true)]
    if rates[1] > 0 { figures += [Run("  warn ", .muted), Run(Figures.rate(rates[1]).text, .degraded, bold: true)] }
    if rates[0] > 0 { figures += [Run("  error ", .muted), Run(Figures.rate(rates[0]).text, .failing, bold: true)] }
    Rule("lines a second", figures: figures).draw(on: &canvas, x: area.x, y: area.y, width: area.width)
    let inks: [(Ink, String)] = [(.failing, "E"), (.degraded, "W"), (.flow2, ":"), (.flow0, ".")]
    StackChart(
      zip(counts, inks).map { StackChart.Layer(stretched($0), ink: $1.0, letter: $1.1) },
      top: ChartScale.top(sums, atLeast: 5), marks: marks(seconds: seconds).map { $0 * halves / seconds },
      axis: ChartAxis(seconds: seconds, end: context.isFrozen ? "" : "now")
    ).draw(on: &canvas, in: area.inset(top: 1))
  }

  /// A minute or two while nothing is older, so that a young log fills its chart; then one second a half of a column.
  private func seconds(atMost most: Int) -> Int {
    let known = lines.first.map { age($0.time) + 1 } ?? 0
    return [60, 120].first { $0 <= most && known <= Int64($0) } ?? most
  }

  /// The mean of the last ten seconds; the newest is not over yet.
  private static func rate(_ counts: [Double]) -> Double {
    let known = counts.dropLast().suffix(10).filter(\.isFinite)
    return known.isEmpty ? 0 : known.reduce(0, +) / Double(known.count)
  }

  private func age(_ time: Int64) -> Int64 {
    let second: Int64 = 1_000_000_000
    return context.snapshot.time / second - time / second
  }

  /// Lines in each of the last seconds, from the worst level to the least; unknown before the first line that is kept.
  private func counts(seconds: Int) -> [[Double]] {
    var counts = Array(repeating: Array(repeating: 0.0, count: max(1, seconds)), count: 4)
    for line in lines.reversed() {
      let age = age(line.time)
      if age >= Int64(seconds) { break }
      guard age >= 0 else { continue }
      counts[line.level.row][seconds - 1 - Int(age)] += 1
    }
    if lines.count >= LogPage.limit, let first = lines.first {
      let known = age(first.time)
      for second in 0..<seconds where Int64(seconds - 1 - second) > known {
        for row in counts.indices { counts[row][second] = .nan }
      }
    }
    return counts
  }

  /// When faults that are on were armed.
  private func marks(seconds: Int) -> [Int] {
    context.snapshot.faults.armed.filter(\.isOn).compactMap { fault in
      let age = age(fault.armedAt)
      return age >= 0 && age < Int64(seconds) ? seconds - 1 - Int(age) : nil
    }
  }
}

extension LogLine.Level {
  /// From the bottom of the chart.
  fileprivate var row: Int {
    switch self {
    case .error: 0
    case .warn: 1
    case .info: 2
    case .debug: 3
    }
  }
}

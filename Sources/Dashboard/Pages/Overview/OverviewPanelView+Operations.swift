import Drawing
import Operations
import Widgets

extension OverviewPanelView {
  /// An operation with what it stands there for: its p99, or the share of its calls that failed.
  func drawOperation(_ operation: OperationSnapshot, isSlow: Bool, on canvas: inout Canvas, in area: Rect) {
    guard area.width >= 20 else { return }
    var right = area.right
    func put(_ run: Run, width: Int) {
      right -= width
      canvas.rich([run], x: right + max(0, width - run.text.cellWidth), y: area.y)
    }
    put(isSlow ? latency(operation) : failures(operation), width: 9)
    if isWide, area.width >= 40 { put(Run(Figures.rate(operation.rate, unit: "").text, .muted), width: 7) }
    let name = [Run(visible(operation.service) + " ", .text), Run(visible(operation.operation), .muted)]
    canvas.rich(endEllipsis(name, right - 1 - area.x), x: area.x, y: area.y)
  }

  private func latency(_ operation: OperationSnapshot) -> Run {
    guard let p99 = operation.p99 else { return Run(Figure.unknown.text, .faint) }
    return Run(Figures.duration(p99).text, Severity.latencyMilliseconds.ink(Double(p99) / 1e6), bold: true)
  }

  private func failures(_ operation: OperationSnapshot) -> Run {
    Run(Figures.percent(operation.errorShare).text, Severity.errors.ink(operation.errorShare), bold: true)
  }
}

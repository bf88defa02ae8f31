public import Drawing

/// By what a chart is coloured.
public enum ChartTone: Hashable, Sendable {
  /// What is bad when high: errors, latency, lag, saturation.
  case ramp
  /// What is not: rates, sizes.
  case flow
  /// One ink.
  case ink(Ink)

  /// The ink at a height of 0...1.
  func ink(at height: Double, flowFloor: Double) -> Ink {
    switch self {
    case .ramp: .ramp(height)
    case .flow: .flow(flowFloor + (1 - flowFloor) * height)
    case .ink(let ink): ink
    }
  }
}

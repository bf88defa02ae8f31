import Drawing
import Operations
import Widgets

extension DataFlow {
  private static let sliderWidth = 10

  /// A capability that moves from the legacy system to a new service.
  static func slider(_ capability: StranglerSnapshot.Capability) -> DataFlow {
    func figure(_ name: String, _ number: UInt64, _ ink: Ink = .text) -> [Run] {
      [.muted(name), Run(Figures.count(Int(clamping: number)).text, number == 0 ? .faint : ink)]
    }
    let share = Double(capability.share) / 100
    let name = Run(visible(capability.name), .strong)
    let percent = Run(Figures.percent(share, isWhole: true).text, .accent, bold: true)
    let slider = [Run(" ")] + Meter(share, ink: .accent, isSlider: true).runs(width: sliderWidth) + [Run(" "), percent]
    return DataFlow(
      key: "slider \(capability.name)", service: capability.service,
      mark: capability.differing > 0 ? .degraded : .healthy,
      what: [.muted("customers of "), name] + slider + [.muted(" by the service "), Run(visible(capability.service))],
      brief: [name] + slider + [.muted(" by "), Run(visible(capability.service))],
      figures: [
        figure("differ ", capability.differing, .degraded),
        figure("handed back ", capability.handedBack),
        figure("taken in ", capability.takenIn, capability.isBehind ? .degraded : .text),
      ], subject: .slider(capability.name))
  }
}

extension DataPage {
  /// The capability whose slider is under the cursor; nil on anything else.
  func slider(_ context: PageContext) -> StranglerSnapshot.Capability? {
    guard focus == .flows, case .slider(let name) = subject(context) else { return nil }
    return context.snapshot.strangler?.capability(name)
  }

  /// Moves the slider under the cursor.
  func slide(_ capability: StranglerSnapshot.Capability, up: Bool) -> [Action] {
    guard let command = SliderStep.command(capability, up: up) else {
      return [.say(SliderStep.end(capability, up: up))]
    }
    return [.effect(.perform(command))]
  }
}

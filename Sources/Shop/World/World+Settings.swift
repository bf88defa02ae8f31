internal import Operations
internal import Simulation

extension World {
  /// Sees to what the settings want of the run: faults, crashes at a point, a scenario; and tells what they pass over.
  func carryOutSettings() {
    for fault in settings.faults {
      time.after(fault.at) { [self] in faults.arm(fault.spec) }
    }
    for crash in settings.crashes {
      time.after(crash.at) { [self] in
        crashPoints.arm(crash.spec)
        // One comes every ten minutes by itself: a crash in the middle of it would wait for that in vain.
        guard crash.spec.point == .rebuilding else { return }
        for view in ShopPlan.views where view.keeper == crash.spec.service { askForRebuild(of: view.name) }
      }
    }
    for warning in settings.warnings {
      logBook.write(LogLine(time: time.now, level: .warn, service: "settings", instance: "", message: warning))
      tell(OperationalEvent(time: time.now, kind: .command, severity: .warning, subject: "settings", change: warning))
    }
    if let scenario = settings.scenario { stage.start(scenario) }
  }
}

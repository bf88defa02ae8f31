import Operations

extension Model {
  /// Opens the menu of faults on what is under the cursor.
  mutating func openFaultMenu() -> [Effect] {
    if live.system.isOnlyWatched {
      return saying("this is a real system, and msatop only watches it: nothing here can be broken", isProblem: true)
    }
    guard let subject = pages[page].subject(context) else { return saying("nothing under the cursor to break") }
    return perform([FaultMenu.open(for: subject, context)])
  }

  /// `f` once more, in the menu that `f` opened: the last fault, here.
  mutating func repeatFault(_ key: KeyPress) -> [Effect]? {
    guard key == KeyPress(.character("f")), let menu = popups.last?.content as? FaultMenu, let fault = lastFault else {
      return nil
    }
    let service = menu.settings.service
    var spec = fault
    if spec.target.service != service { spec.target = .service(service) }
    popups.removeLast()
    if let reason = live.faults.catalogue.obstacle(to: spec.kind.name, on: spec.target) {
      return saying("\(spec.kind.name.title) does not apply to \(spec.target): \(reason)", isProblem: true)
    }
    return perform([.effect(.perform(.arm(spec)))])
  }
}

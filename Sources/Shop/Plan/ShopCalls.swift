internal import OrderedCollections
internal import Platform

/// The calls between the shop's services.
public enum ShopCalls {
  /// All names by which a file can ask for the guards of one of them, each once.
  public static var guardNames: [String] {
    var names = OrderedSet<String>()
    for service in ShopPlan.services {
      for call in service.calls {
        names.formUnion(ResilienceFileSettings.instanceNames(caller: service.name, callee: call.callee))
      }
    }
    return Array(names)
  }

  /// Who calls whom.
  public static var edges: [(caller: String, callee: String)] {
    ShopPlan.services.flatMap { service in service.calls.map { (service.name, $0.callee) } }
  }
}

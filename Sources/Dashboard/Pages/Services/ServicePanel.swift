/// What has a cursor on the page of services: the table, and the panels about one service.
enum ServicePanel: String, Sendable, Hashable, CaseIterable {
  case services, instances, calls, endpoints, consumes, metrics, errors, log

  /// The panels about one service, in the order of Tab.
  static let ofService: [ServicePanel] = [.instances, .calls, .endpoints, .consumes, .metrics, .errors, .log]

  var title: String {
    switch self {
    case .services: "services"
    case .instances: "instances"
    case .calls: "calls out"
    case .endpoints: "endpoints"
    case .consumes: "consumes"
    case .metrics: "metrics"
    case .errors: "latest errors"
    case .log: "log"
    }
  }
}

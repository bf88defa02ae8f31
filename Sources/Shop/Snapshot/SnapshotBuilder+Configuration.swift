internal import Operations
internal import Platform

extension SnapshotBuilder {
  func configuration() -> Operations.ConfigurationSnapshot {
    let server = world.configuration.server
    let (current, own) = (server.current, server.snapshot)
    var snapshot = Operations.ConfigurationSnapshot(
      version: current.number, published: current.published, author: current.author)
    snapshot.rolledBackTo = current.rolledBackTo
    snapshot.entries = world.configuration.entries
    snapshot.upToDate = own.upToDate
    snapshot.instances = own.instances.count
    snapshot.oldestKept = server.versions.first?.number ?? current.number
    if let changes = try? server.difference(from: current.number - 1, to: current.number) {
      snapshot.changes = changes.map { change in
        switch change {
        case .added(let key, let value): "\(key) \(value)"
        case .removed(let key, _): "\(key) gone"
        case .changed(let key, let from, let to): "\(key) \(from) → \(to)"
        }
      }
    }
    return snapshot
  }
}

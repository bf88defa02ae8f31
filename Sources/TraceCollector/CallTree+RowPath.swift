extension CallTree {
  /// Where the path runs through a row: for a hop both sides' work, for a record its producer's and its readers' wait, for a
  /// back-off the part of its span's work that it lasted. Oldest first.
  public func criticalStretches(of row: CallTreeRow, on path: CriticalPath) -> [CriticalPath.Stretch] {
    switch row.content {
    case .hop(let client, let server):
      let work = [client, server].compactMap { $0 }.flatMap { path.stretches(of: $0) }.filter { $0.cause == .work }
      return work.sorted { $0.from < $1.from }
    case .span(let node): return path.stretches(of: node).filter { $0.cause == .work }
    case .record(let node, _):
      let consumers = children(of: node).filter { isSetOffByRecord($0) }
      return path.stretches(of: node) + consumers.flatMap { path.stretches(of: $0).filter { $0.cause == .wait } }
    case .backOff(let node, _):
      let (start, end) = (row.start, row.start &+ max(0, row.duration ?? 0))
      return path.stretches(of: node).compactMap { stretch in
        let cut = (from: max(stretch.from, start), to: min(stretch.to, end))
        guard stretch.cause == .work, cut.from < cut.to else { return nil }
        return CriticalPath.Stretch(node: node, cause: .work, from: cut.from, to: cut.to)
      }
    case .refused, .breaker, .duplicate: return []
    }
  }

  /// The part of the path's interval that it spends in a row, from 0 to 1. A back-off's is part of its span's, too.
  public func criticalShare(of row: CallTreeRow, on path: CriticalPath) -> Double {
    path.part(criticalStretches(of: row, on: path).reduce(0) { $0 &+ $1.duration })
  }
}

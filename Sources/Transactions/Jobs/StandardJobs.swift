extension Projector {
  /// The rebuild of this view as a job: it begins one, or goes on with the one that a crash left, and cuts over at lag
  /// 0. What it has done is in the view's own database.
  /// - Parameter max: the most positions of one step; 1 or more.
  public func rebuildJob(
    schedule: JobSchedule = .onDemand, max: Int, _ rule: CutOverRule = .equal
  ) -> BatchJob {
    BatchJob("rebuild \(projection.name)", schedule: schedule) { context in
      try self.startRebuild(now: context.now)
      let progress = try self.stepRebuild(max: max, now: context.now)
      guard progress.behind == 0 else { return .more(state: [], done: progress.done, total: progress.end) }
      // The old view is measured against the new one where both stand at the end.
      if rule == .equal { try self.step(max: max, now: context.now) }
      switch try self.cutOver(rule, now: context.now) {
      case .notYet: return .more(state: [], done: progress.done, total: progress.end)
      case .done(let report):
        let verdict = report.isEqual ? "checksums equal" : "views differed"
        return .finished(result: "\(progress.done) positions, \(verdict)", done: progress.done)
      case .different(let report):
        let tables = report.tables.filter { !$0.isEqual }.map(\.name).joined(separator: ", ")
        return .finished(result: "not cut over: \(tables) differ", done: progress.done)
      }
    }
  }
}

extension Reconciliation {
  /// Reconciliation as a job: it reads all audit logs to their ends, and says how many mismatches there are.
  /// - Parameter max: the most entries of each log in one step; 1 or more.
  public func job(schedule: JobSchedule, max: Int) -> BatchJob {
    BatchJob("reconciliation", schedule: schedule) { context in
      let step = try self.step(max: max, now: context.now)
      let before = context.state.isEmpty ? 0 : context.state.reduce(0) { $0 << 8 | Int64($1) }
      let done = before + Int64(step.read)
      guard !step.hasMore else {
        let state = (0..<8).reversed().map { UInt8(truncatingIfNeeded: done >> ($0 * 8)) }
        return .more(state: state, done: done, total: nil)
      }
      let report = try self.report(limit: 1)
      let silent = step.failed.isEmpty ? "" : ", no answer from \(step.failed.joined(separator: ", "))"
      return .finished(
        result: "\(report.mismatchCount) mismatches, \(report.waitingCount) waiting\(silent)", done: done)
    }
  }
}

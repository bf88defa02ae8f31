internal import Operations
internal import Simulation
internal import TraceModel
internal import Transactions

extension SnapshotBuilder {
  func views() -> [ViewSnapshot] {
    ShopPlan.views.map { plan in
      var view = ViewSnapshot(name: plan.name, service: plan.keeper)
      let freshness = world.freshness(of: plan)
      (view.behind, view.age) = (freshness?.behind, freshness?.nanoseconds)
      if plan.name == ShopPlan.history {
        (view.reads, view.staleReads) = (world.counters.historyReads, world.counters.staleHistoryReads)
      }
      let store = world.documents(of: plan.keeper)
      if let builds = try? plan.view.builds(store) {
        (view.generation, view.rebuilding) = (builds.live.generation, builds.shadow?.generation)
        view.documents = data.documents(of: plan, builds.live, in: store)
      }
      return view
    }
  }

  func jobs() -> [JobSnapshot] {
    world.batchJobs.flatMap { service, runner in
      ((try? runner.status()) ?? []).map { status in
        var job = JobSnapshot(name: status.name, service: service)
        if case .every(let period) = status.schedule { job.period = period }
        job.nextDue = status.nextDue
        (job.runs, job.failedRuns) = (status.runs, status.failedRuns)
        job.current = status.current.map { run in
          JobSnapshot.Run(
            gtxid: run.gtxid.hex, started: run.started, done: run.done, total: run.total, result: run.failure ?? "")
        }
        job.last = status.last.map { run in
          JobSnapshot.Run(
            gtxid: run.gtxid.hex, started: run.started, finished: run.finished, done: run.done,
            succeeded: run.succeeded, result: run.result)
        }
        return job
      }
    }
  }
}

extension World {
  /// The jobs of the shop by the service that runs them, as an operator sees them.
  var batchJobs: [(service: String, runner: JobRunner)] {
    ShopJobs.services.compactMap { service in
      disk(of: service).map { disk in
        (service, JobRunner(ShopJobs.jobs(of: service, self), owner: "operator", database: disk.database))
      }
    }
  }

  /// Has a job run as soon as one of its instances is there to do it; false when it is going on already.
  @discardableResult
  func askFor(job: String) -> Bool {
    batchJobs.contains { _, runner in (try? runner.ask(for: job, now: time.now)) == true }
  }

  /// Has a view rebuilt as soon as one of its instances is there to do it; false when that is going on already.
  @discardableResult
  func askForRebuild(of view: String) -> Bool { askFor(job: ViewRebuild.name(of: view)) }
}

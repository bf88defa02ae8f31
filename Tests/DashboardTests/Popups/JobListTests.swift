import Drawing
import Operations
import Testing
import TraceModel

@testable import Dashboard

/// The list of batch jobs.
struct JobListTests {
  private func cockpit(columns: Int = 120, rows: Int = 40) -> Cockpit {
    var snapshot = ShopFixture.snapshot
    var job = JobSnapshot(name: "reconciliation", service: "order-history-updater")
    (job.runs, job.nextDue) = (4, snapshot.time + 30 * ShopFixture.second)
    job.last = JobSnapshot.Run(
      gtxid: String(repeating: "ab", count: 16), started: snapshot.time - 31 * ShopFixture.second,
      finished: snapshot.time - 30 * ShopFixture.second, done: 412, succeeded: true, result: "2 mismatches, 0 waiting")
    snapshot.jobs.append(job)
    var cockpit = Cockpit(snapshot, columns: columns, rows: rows)
    cockpit.press(":")
    cockpit.send(.paste("job"))
    cockpit.press("Enter")
    return cockpit
  }

  @Test func showsWhatRanAndWhatIsDue() {
    let text = cockpit().lines.joined(separator: "\n")
    #expect(text.contains("rebuild order-history") && text.contains("has not run yet"), "\(text)")
    #expect(text.contains("reconciliation") && text.contains("2 mismatches, 0 waiting"), "\(text)")
    #expect(text.contains("due in") && text.contains("30 s"), "\(text)")
  }

  @Test func runsOneAndOpensItsTransaction() throws {
    var cockpit = cockpit()
    cockpit.press("r")
    #expect(
      cockpit.effects.contains { if case .perform(.runJob(name: "rebuild order-history")) = $0 { true } else { false } }
    )
    // What never ran has no transaction.
    cockpit.press("Enter")
    #expect(cockpit.model.popups.last?.content is JobList)
    cockpit.press("j")
    cockpit.press("Enter")
    let id = try #require(GTXID(String(repeating: "ab", count: 16)))
    #expect(cockpit.model.popups.isEmpty && cockpit.model.history.current == .transaction(id, span: nil))
  }

  @Test(arguments: [(40, 12), (80, 24), (200, 60)]) func fitsEverySize(columns: Int, rows: Int) {
    let cockpit = cockpit(columns: columns, rows: rows)
    #expect(cockpit.canvas().violations == [] && cockpit.canvas(.ascii).violations == [])
  }
}

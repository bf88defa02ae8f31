import Simulation
import Testing

/// A pool that becomes smaller and larger while it is in use.
@Suite struct ResourcePoolTests {
  private final class Log: @unchecked Sendable {
    var lines: [String] = []
  }

  /// Six who want it for 1,000 ns each, all at once.
  private func run(_ change: (VirtualTime, ResourcePool) -> Void) -> (lines: [String], pool: ResourcePool) {
    let (time, log) = (VirtualTime(startingAt: 0), Log())
    let pool = ResourcePool("connections", size: 2, queueLimit: 10, on: time)
    for number in 0..<6 {
      time.spawn {
        do {
          try await pool.use(waitingAtMost: 5_000) {
            log.lines.append("\(time.now) \(number)")
            try await time.sleep(for: 1_000)
          }
        } catch {
          log.lines.append("\(time.now) \(number) \(type(of: error))")
        }
      }
    }
    change(time, pool)
    time.run(until: .max)
    return (log.lines, pool)
  }

  @Test func whatIsInUseIsKeptAndNothingIsGivenOutUntilEnoughIsBack() {
    let (lines, pool) = run { time, pool in time.after(500) { pool.resize(to: 1) } }
    #expect(lines == ["0 0", "0 1", "1000 2", "2000 3", "3000 4", "4000 5"])
    #expect(pool.used == 0 && pool.waiting == 0 && pool.size == 1 && pool.timedOut == 0)
  }

  @Test func anEmptyPoolLetsNobodyInAndALargerOneAllWhoWait() {
    let (lines, pool) = run { time, pool in
      time.after(500) { pool.resize(to: 0) }
      time.after(3_500) { pool.resize(to: 3) }
    }
    #expect(lines == ["0 0", "0 1", "3500 2", "3500 3", "3500 4", "4500 5"])
    #expect(pool.used == 0 && pool.waiting == 0)
  }

  @Test func whoWaitsTooLongForAnEmptyPoolGoes() {
    let (lines, pool) = run { time, pool in
      time.after(500) { pool.resize(to: 0) }
      time.after(9_000) { pool.resize(to: 2) }
    }
    #expect(lines == ["0 0", "0 1"] + (2..<6).map { "5000 \($0) TimedOut" })
    #expect(pool.used == 0 && pool.waiting == 0 && pool.timedOut == 4)
  }
}

import TestSupport
import Testing

@testable import Platform

@Suite struct SupervisorTests {
  @Test func offLeavesItDown() {
    var supervisor = Supervisor(.off, now: epoch)
    #expect(supervisor.crashed(at: epoch + 1) == .leaveDown)
    #expect(supervisor.state == .down(since: epoch + 1))
    #expect(supervisor.due == nil)
    supervisor.started(at: epoch + 2)
    #expect(supervisor.state == .running(since: epoch + 2))
    #expect(supervisor.restarts == 0, "it was started by hand")
  }

  @Test func restartWaitsTheSameTimeEachTime() {
    var supervisor = Supervisor(.restart(after: 5 * second), now: epoch)
    var now = epoch
    for _ in 1...20 {
      #expect(supervisor.crashed(at: now) == .restart(at: now + 5 * second))
      #expect(supervisor.crashed(at: now + 1) == .restart(at: now + 5 * second), "what is down cannot crash")
      now += 5 * second
      supervisor.started(at: now)
    }
    #expect(supervisor.restarts == 20)
    #expect(supervisor.crashes == 20)
  }

  @Test func backOffDoublesUpToItsMaximumAndGivesUpAtItsLimit() {
    let rule = RestartBackOff(first: second, maximum: 8 * second, limit: 6, window: 600 * second)
    var supervisor = Supervisor(.backOff(rule), now: epoch)
    var now = epoch
    var waits: [Int64] = []
    while case .restart(let time) = supervisor.crashed(at: now) {
      waits.append((time - now) / second)
      now = time
      supervisor.started(at: now)
    }
    #expect(waits == [1, 2, 4, 8, 8, 8])
    #expect(supervisor.state == .givenUp(since: now))
    supervisor.reset(now: now + second)
    #expect(supervisor.due == now + second)
    supervisor.started(at: now + second)
    #expect(supervisor.crashed(at: now + second) == .restart(at: now + 2 * second), "past crashes are forgotten")
  }

  @Test func aStableTimeBeginsAnewAndTheWindowMoves() {
    let rule = RestartBackOff(first: second, limit: 2, window: 100 * second, stableAfter: 50 * second)
    var supervisor = Supervisor(.backOff(rule), now: epoch)
    #expect(supervisor.crashed(at: epoch) == .restart(at: epoch + second))
    supervisor.started(at: epoch + second)
    #expect(supervisor.crashed(at: epoch + 60 * second) == .restart(at: epoch + 61 * second), "it ran for 59 s")
    supervisor.started(at: epoch + 61 * second)
    var other = supervisor
    #expect(other.crashed(at: epoch + 99 * second) == .giveUp(restarts: 2))
    #expect(supervisor.crashed(at: epoch + 100 * second) == .restart(at: epoch + 102 * second))
  }

  @Test func anotherPolicyLooksAnewAtWhoIsDown() {
    var supervisor = Supervisor(.off, now: epoch)
    _ = supervisor.crashed(at: epoch)
    supervisor.change(.restart(after: second), now: epoch + second)
    #expect(supervisor.due == epoch + second)
    supervisor.change(.off, now: epoch + 2 * second)
    #expect(supervisor.due == nil)
  }
}

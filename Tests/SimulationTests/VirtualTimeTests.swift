import Testing

@testable import Simulation

/// What happened, in order. Stays on one simulation's thread.
final class Diary: @unchecked Sendable {
  var lines: [String] = []
}

@Suite struct VirtualTimeTests {
  @Test func timeJumpsToTheNextTimer() {
    let time = VirtualTime(startingAt: 1000)
    let diary = Diary()
    time.spawn {
      try? await time.sleep(for: 50)
      diary.lines.append("\(time.now)")
      try? await time.sleep(for: 1_000_000_000)
      diary.lines.append("\(time.now)")
    }
    time.run(until: 2000)
    #expect(diary.lines == ["1050"])
    #expect(time.now == 2000)
    time.run(until: .max)
    #expect(diary.lines == ["1050", "1000001050"])
    #expect(time.isIdle)
  }

  @Test func whatIsDueTogetherRunsInTheOrderItWasAsked() {
    let time = VirtualTime(startingAt: 0)
    let diary = Diary()
    for name in ["a", "b", "c"] {
      time.spawn {
        try? await time.sleep(for: 10)
        diary.lines.append(name)
      }
    }
    time.after(10) { diary.lines.append("before: it was set when nothing had run yet") }
    time.run(until: .max)
    #expect(diary.lines == ["before: it was set when nothing had run yet", "a", "b", "c"])
  }

  @Test func aCancelledSleepThrowsAtOnceAndMovesNoClock() {
    let time = VirtualTime(startingAt: 0)
    let diary = Diary()
    let sleeper = time.spawn {
      do { try await time.sleep(for: 1_000_000) } catch { diary.lines.append("\(time.now) cancelled") }
    }
    time.spawn {
      try? await time.sleep(for: 10)
      sleeper.cancel()
    }
    time.run(until: .max)
    #expect(diary.lines == ["10 cancelled"])
    #expect(time.now == 10)
  }

  @Test func aPauseOutlivesCancellation() {
    let time = VirtualTime(startingAt: 0)
    let diary = Diary()
    let walker = time.spawn {
      await time.pause(for: 1_000)
      diary.lines.append("\(time.now) \(Task.isCancelled)")
    }
    time.after(10) { walker.cancel() }
    time.run(until: .max)
    #expect(diary.lines == ["1000 true"])
  }

  @Test func aTimeOutLeavesTheCalleeAlive() {
    let time = VirtualTime(startingAt: 0)
    let diary = Diary()
    time.spawn {
      let reply = Reply<Int>()
      time.spawn {
        try? await time.sleep(for: 5000)
        diary.lines.append("\(time.now) charged; in time: \(reply.resolve(.success(1)))")
      }
      do {
        _ = try await reply.value(within: 1000, on: time)
      } catch {
        diary.lines.append("\(time.now) \(type(of: error))")
      }
    }
    time.run(until: .max)
    #expect(diary.lines == ["1000 TimedOut", "5000 charged; in time: false"])
  }

  @Test func aPoolServesInOrderAndRefusesTheRest() {
    let time = VirtualTime(startingAt: 0)
    let diary = Diary()
    let pool = ResourcePool("threads", size: 2, queueLimit: 3, on: time)
    for number in 0..<8 {
      time.spawn {
        do {
          try await pool.use(waitingAtMost: 1500) {
            diary.lines.append("\(time.now) \(number) works")
            try await time.sleep(for: 1000)
          }
        } catch {
          diary.lines.append("\(time.now) \(number) \(type(of: error))")
        }
      }
    }
    time.run(until: .max)
    #expect(
      diary.lines == [
        "0 0 works", "0 1 works", "0 5 PoolExhausted", "0 6 PoolExhausted", "0 7 PoolExhausted", "1000 2 works",
        "1000 3 works", "1500 4 TimedOut",
      ])
    #expect(pool.used == 0 && pool.waiting == 0 && pool.refused == 3 && pool.timedOut == 1)
  }

  @Test func aCrashFencesCatchAndDefer() {
    let time = VirtualTime(startingAt: 0)
    let life = Life(on: time)
    let disk = Diary()
    let write: @Sendable (String) throws -> Void = { line in
      try life.check()
      disk.lines.append(line)
    }
    life.spawn {
      defer { try? write("in defer") }
      do {
        try write("reserved")
        try await time.sleep(for: 100)
        try write("published")
      } catch {
        try? write("compensated after death")
      }
    }
    time.after(50) { life.end() }
    time.run(until: .max)
    #expect(disk.lines == ["reserved"])
  }

  @Test func otherThreadsComeInBetweenSlices() {
    let time = VirtualTime(startingAt: 0)
    let diary = Diary()
    time.spawn { for _ in 0..<10 { try? await time.sleep(for: 10) } }
    for slice in 1...5 {
      if slice == 3 { time.inject { diary.lines.append("injected at \(time.now)") } }
      time.run(until: Int64(slice) * 20)
    }
    #expect(diary.lines == ["injected at 40"])
  }

  @Test func theStandardClockIsVirtual() {
    let time = VirtualTime(startingAt: 7)
    let diary = Diary()
    time.spawn {
      try? await Task.sleep(for: .milliseconds(5), clock: VirtualClock(time))
      diary.lines.append("\(time.now)")
    }
    time.run(until: .max)
    #expect(diary.lines == ["5000007"])
  }

  @Test func anActorCanBePinned() {
    actor Account {
      nonisolated let unownedExecutor: UnownedSerialExecutor
      private(set) var balance = 0
      init(on time: VirtualTime) { unownedExecutor = time.asUnownedSerialExecutor() }
      func add() { balance += 1 }
    }
    let time = VirtualTime(startingAt: 0)
    let diary = Diary()
    let account = Account(on: time)
    time.spawn {
      await withTaskGroup(of: Void.self) { group in for _ in 0..<10 { group.addTask { await account.add() } } }
      diary.lines.append("\(await account.balance)")
    }
    time.run(until: .max)
    #expect(diary.lines == ["10"])
  }

  @Test func callsOfAPlainTaskMakeNoJobsOfTheirOwn() {
    let time = VirtualTime(startingAt: 0)
    let diary = Diary()
    @concurrent @Sendable func write(_ line: String) async { diary.lines.append(line) }
    for name in ["a", "b"] {
      time.spawn { for number in 1...3 { await write("\(name)\(number)") } }
    }
    time.run(until: .max)
    #expect(diary.lines == ["a1", "a2", "a3", "b1", "b2", "b3"], "a task gives way only where it waits")
  }

  @Test func timersDueTogetherKeepTheirOrderWhateverIsCalledOffAmongThem() {
    var queue = TimerQueue()
    var expected: [(due: Int64, number: Int)] = []
    var numbers = RandomStream(seed: 3, "timers")
    var kept: [ObjectIdentifier: Int] = [:]
    for number in 0..<20_000 {
      let timer = VirtualTimer(due: Int64(numbers.below(7)))
      queue.push(timer)
      if numbers.happens(0.2) {
        timer.action = .call {}
        kept[ObjectIdentifier(timer)] = number
        expected.append((timer.due, number))
      }
    }
    var order: [Int] = []
    while let timer = queue.popFirst() { if timer.take() != nil { order.append(kept[ObjectIdentifier(timer)] ?? -1) } }
    #expect(order == expected.sorted { ($0.due, $0.number) < ($1.due, $1.number) }.map(\.number))
  }

  @Test func theEndOfTimeWakesWhoeverWaits() {
    let time = VirtualTime(startingAt: 0)
    let diary = Diary()
    let life = Life(on: time)
    let answer = Reply<Int>()
    time.spawn {
      do { try await time.sleep(for: 1_000_000) } catch { diary.lines.append("sleep ends") }
      do { try await time.sleep(for: 1) } catch { diary.lines.append("no sleep after the end") }
    }
    time.spawn {
      await time.pause(for: 1_000_000)
      diary.lines.append("pause ends")
    }
    life.spawn {
      do { _ = try await answer.value(within: 1_000_000, on: time) } catch { diary.lines.append("wait ends") }
    }
    time.after(10) { diary.lines.append("a call for later") }
    life.whenLeft { diary.lines.append("life is left") }
    time.run(until: 5)
    life.end()
    #expect(diary.lines == [])
    time.end()
    #expect(
      diary.lines.sorted() == ["life is left", "no sleep after the end", "pause ends", "sleep ends", "wait ends"])
    #expect(time.now == 5)
    #expect(time.isIdle)
  }

  @Test func aLifeIsLeftWhenItsLastTaskHasEnded() {
    let time = VirtualTime(startingAt: 0)
    let diary = Diary()
    let life = Life(on: time)
    life.whenLeft { diary.lines.append("\(time.now) left") }
    life.spawn { await time.pause(for: 30) }
    life.spawn { try? await time.sleep(for: 1000) }
    time.run(until: 10)
    life.end()
    #expect(diary.lines == [])
    time.run(until: 100)
    #expect(diary.lines == ["30 left"])
  }

  @Test func aQueueThatEndsLetsItsTimersGo() {
    weak var timer: VirtualTimer?
    do {
      var queue = TimerQueue()
      let first = VirtualTimer(due: 5)
      timer = first
      queue.push(first)
      queue.push(VirtualTimer(due: 6))
      #expect(queue.size == 2)
    }
    #expect(timer == nil)
  }

  @Test func timersThatAreCalledOffDoNotPileUp() {
    var queue = TimerQueue()
    var alive: [VirtualTimer] = []
    for number in 0..<100_000 {
      let timer = VirtualTimer(due: Int64((number * 7_919) % 100_003))
      timer.action = .call {}
      queue.push(timer)
      if number % 500 == 0 { alive.append(timer) } else { timer.action = nil }
    }
    #expect(queue.size < 4096)
    var order: [Int64] = []
    while let timer = queue.popFirst() {
      if timer.take() != nil { order.append(timer.due) }
    }
    #expect(order == alive.map(\.due).sorted())
  }
}

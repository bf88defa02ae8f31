import Synchronization
import Testing

@testable import Terminal

@Suite struct Mailboxes {
  @Test func wakesOnceForABatch() {
    let wakes = Atomic(0)
    let mailbox = Mailbox<Int>(capacity: 3) { wakes.add(1, ordering: .relaxed) }
    for number in 0..<5 { mailbox.post(number) }
    #expect(wakes.load(ordering: .relaxed) == 1)
    let (messages, dropped) = mailbox.drain()
    #expect(messages == [0, 1, 2])
    #expect(dropped == 2)
    mailbox.post(5)
    #expect(wakes.load(ordering: .relaxed) == 2)
    #expect(mailbox.drain() == ([5], 0))
    #expect(mailbox.drain().messages.isEmpty)
  }

  @Test func takesFromEveryThread() async {
    let mailbox = Mailbox<Int>(capacity: 10_000) {}
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 { group.addTask { for number in 0..<500 { mailbox.post(number) } } }
    }
    let (messages, dropped) = mailbox.drain()
    #expect(messages.count == 4000)
    #expect(dropped == 0)
    let sum = messages.reduce(0, +)
    #expect(sum == 998_000)
  }

  @Test func errorsSayWhatToDo() {
    #expect("\(ScreenError.notATerminal)".contains("must not be redirected"))
    #expect("\(ScreenError.unknownTerminal("nonesuch"))".contains("\"nonesuch\""))
    #expect("\(ScreenError.unknownTerminal(""))".hasPrefix("TERM is not set"))
    #expect("\(ScreenError.cannotPlaceText("dumb"))".contains("dumb"))
  }
}

import Dispatch
import Foundation
import Testing

/// Runs `body` on so many threads at once, and waits for all of them; an error of any is a failure.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) throws -> Void) throws {
  let failures = Recorder<String>()
  let ended = DispatchGroup()
  for index in 0..<count {
    ended.enter()
    Thread.detachNewThread {
      defer { ended.leave() }
      do {
        try body(index)
      } catch {
        failures.add("\(error)")
      }
    }
  }
  ended.wait()
  #expect(failures.all == [])
}

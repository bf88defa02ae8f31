import Drawing
import Operations
import TestSupport
import Testing
import TraceModel

@testable import Dashboard

/// Random inputs over random states: nothing traps, and no frame lies about space.
struct FuzzTests {
  private static let sizes = [
    Size(columns: 40, rows: 12), Size(columns: 60, rows: 20), Size(columns: 80, rows: 24), Size(columns: 118, rows: 36),
    Size(columns: 120, rows: 40), Size(columns: 200, rows: 60), Size(columns: 20, rows: 5),
    Size(columns: 100, rows: 12),
    Size(columns: 41, rows: 60), Size(columns: 3, rows: 1), Size(columns: 0, rows: 0),
  ]

  @Test(arguments: 0..<16)
  func anythingAtAll(seed: Int) {
    var random = RandomSnapshot(numbers: SeededGenerator(seed: UInt64(seed)))
    var cockpit = Cockpit(random.next())
    for step in 0..<250 {
      let input = input(&random)
      cockpit.send(input)
      answer(cockpit.effects, &cockpit, &random)
      guard step % 3 == 0 else { continue }
      let violations = cockpit.canvas(step % 2 == 0 ? .utf8 : .ascii).violations
      guard violations.isEmpty else {
        let top = cockpit.model.popups.last.map { " under \(type(of: $0.content))" } ?? ""
        let place = "\(cockpit.model.page)\(top) at \(cockpit.model.size.columns)×\(cockpit.model.size.rows)"
        Issue.record("seed \(seed), step \(step), \(place): \(violations.prefix(2))")
        return
      }
    }
  }

  /// What a world would answer, as far as a random one can.
  private func answer(_ effects: [Effect], _ cockpit: inout Cockpit, _ random: inout RandomSnapshot) {
    for effect in effects.prefix(4) {
      switch effect {
      case .loadLog(let filter, _):
        let count = random.numbers.pick([0, 1, 30])
        cockpit.send(.log(filter, (0..<count).map { _ in random.logLine() }))
      case .loadSnapshot, .loadNextSnapshot: cockpit.send(.pastSnapshot(random.next()))
      case .findTransactions(let prefix): cockpit.send(.found(prefix: prefix, [ShopFixture.id(0x8f3a, 1)]))
      case .loadRecords(let filter, _):
        let count = random.numbers.pick([0, 1, 30])
        var answer = RecordAnswer((0..<count).map { _ in random.record(isLetter: filter.lettersOf != nil) })
        answer.isComplete = count % 3 > 0
        cockpit.send(.records(filter, answer))
      case .preview(let move):
        cockpit.send(.preview(move, random.preview(of: move)))
      case .loadStore(let name): cockpit.send(.store(name, random.storeDetail(name)))
      case .findOrder(let key): cockpit.send(.order(key, random.order()))
      case .loadSaga(let id): cockpit.send(.saga(id, random.saga(id)))
      case .loadTransaction(let id): cockpit.send(.transaction(id, random.detail(of: id)))
      default: break
      }
    }
  }

  private func input(_ random: inout RandomSnapshot) -> Input {
    let dice = Int.random(in: 0..<100, using: &random.numbers)
    switch dice {
    case 0..<70: return .key(key(&random))
    case 70..<80: return .mouse(mouse(&random))
    case 80..<88: return .snapshot(random.next())
    case 88..<92: return .resize(random.numbers.pick(Self.sizes))
    case 92..<95: return .paste(random.numbers.pick(["8f3a", "a\nb", "결제", "fault payment latency=2s", "\u{1B}"]))
    case 95..<97: return .tick(Int64.random(in: 0...(.max), using: &random.numbers))
    case 97: return .focus(false)
    default: return .outcome(.refused("\u{1B}[2J 결제 " + String(repeating: "long ", count: 60)))
    }
  }

  private func key(_ random: inout RandomSnapshot) -> KeyPress {
    let keys: [KeyPress.Key] = [
      .enter, .escape, .tab, .backTab, .backspace, .delete, .up, .down, .left, .right, .home, .end, .pageUp, .pageDown,
      .function(1), .control("w"), .control("u"), .character("한"),
    ]
    if Bool.random(using: &random.numbers) { return KeyPress(random.numbers.pick(keys)) }
    let letters = Array("1234567890 :/#?!wflLyjkgG[],.<>+-sSnNpxmovrtRDcdeEqabf8 =%")
    return KeyPress(.character(random.numbers.pick(letters)), alt: Int.random(in: 0..<20, using: &random.numbers) == 0)
  }

  private func mouse(_ random: inout RandomSnapshot) -> MouseEvent {
    let actions: [MouseEvent.Action] = [.press, .doubleClick, .release, .move, .wheelUp, .wheelDown]
    return MouseEvent(
      random.numbers.pick(actions), column: Int.random(in: -1..<210, using: &random.numbers),
      row: Int.random(in: -1..<64, using: &random.numbers))
  }
}

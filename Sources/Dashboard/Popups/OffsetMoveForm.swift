import Drawing
import EventBus
import Operations
import Widgets

/// Where a group is to read on: chosen, shown with what it would mean, and asked about before it is done.
struct OffsetMoveForm: PopupContent {
  /// From what moves least to what moves most; the first moves nothing until somebody says how far.
  private enum Choice: Sendable, CaseIterable {
    case shift, time, offset, latest, earliest

    var name: String {
      switch self {
      case .earliest: "earliest"
      case .latest: "latest"
      case .time: "minutes ago"
      case .shift: "by ± records"
      case .offset: "offset"
      }
    }

    var meaning: String {
      switch self {
      case .earliest: "all that is kept, again"
      case .latest: "only what is still to come"
      case .time: "what came since then, again"
      case .shift: "back with −, forward without"
      case .offset: "the same in every one"
      }
    }

    /// What stands there before anything is typed.
    var example: String {
      switch self {
      case .earliest, .latest: ""
      case .time: "5"
      case .shift: "0"
      case .offset: "0"
      }
    }
  }

  private let group: String
  private let topic: String
  private let partition: Int?
  private var choice = Choice.shift
  private var editors: [Choice: LineEditor] = [:]
  /// The last answer, with what it answers.
  private var preview: (move: OffsetMove, answer: OffsetPreview)?
  /// When the form was opened: what minutes are counted back from.
  private var now: Int64?

  init(group: String, topic: String, partition: Int?) {
    self.group = group
    self.topic = topic
    self.partition = partition
  }

  /// What would be done now.
  var move: OffsetMove { OffsetMove(group: group, topic: topic, partition: partition, target: target ?? .shift(0)) }

  private var text: String { editors[choice]?.text ?? choice.example }

  /// Nil while what is typed is no number.
  private var target: SeekTarget? {
    switch choice {
    case .earliest: .earliest
    case .latest: .latest
    case .time:
      Double(text).flatMap { minutes in
        (0...1e7).contains(minutes) ? .time((now ?? 0) - Int64(minutes * 60e9)) : nil
      }
    case .shift: Int64(text.replacing("−", with: "-").filter { $0 != "," }).map { .shift($0) }
    case .offset: Int64(text.filter { $0 != "," }).flatMap { $0 >= 0 ? .offset($0) : nil }
    }
  }

  // MARK: Keys

  mutating func press(_ key: KeyPress, _ context: PageContext) -> [Action] {
    now = context.snapshot.time
    switch key.key {
    case .escape: return [.dismiss]
    case .down, .tab: choose(by: 1)
    case .up, .backTab: choose(by: -1)
    // No number has these letters.
    case .character("j"): choose(by: 1)
    case .character("k"): choose(by: -1)
    case .enter: return ask(context)
    default:
      guard edit(key) else { return [] }
    }
    // What was answered was about another move.
    preview = nil
    return load()
  }

  /// What is typed first takes the place of the example; the other keys change it.
  private mutating func edit(_ key: KeyPress) -> Bool {
    guard choice != .earliest, choice != .latest else { return false }
    var editor = editors[choice] ?? LineEditor(choice.example)
    if case .character = key.key, editors[choice] == nil { editor = LineEditor() }
    guard editor.press(key) else { return false }
    editors[choice] = editor
    return true
  }

  private mutating func choose(by step: Int) {
    let all = Choice.allCases
    let index = all.firstIndex(of: choice) ?? 0
    choice = all[(index + step + all.count) % all.count]
  }

  private func load() -> [Action] { target == nil ? [] : [.effect(.preview(move))] }

  mutating func refresh(_ context: PageContext) -> [Action] {
    now = context.snapshot.time
    return load()
  }

  mutating func previewed(_ move: OffsetMove, _ preview: OffsetPreview, _ context: PageContext) -> [Action] {
    // An answer that comes late is about a move that nobody asks for any more.
    if move == self.move { self.preview = (move, preview) }
    return []
  }

  private func ask(_ context: PageContext) -> [Action] {
    guard target != nil else { return [.say("\"\(visible(text))\" is no number", isProblem: true)] }
    guard case .possible(let plan)? = preview?.answer else {
      if case .refused(let sentence)? = preview?.answer { return [.say(sentence, isProblem: true)] }
      return []
    }
    if plan.entries.allSatisfy({ $0.from == $0.to }) {
      return [.say("that moves nothing: \(visible(group)) stands there already", isProblem: true)]
    }
    let place = partition.map { "partition \($0) of topic \(visible(topic))" } ?? "topic \(visible(topic))"
    let question = Confirmation(
      question: "Move group \(visible(group)) on \(place) \(destination(context))?",
      effect: sentence(plan), verb: "move it", actions: [.dismiss, .effect(.perform(.moveOffsets(move)))])
    return [.show(Popup(question))]
  }

  /// `to earliest`, `back by 100 records`
  private func destination(_ context: PageContext) -> String {
    let words = move.target.words(now: context.snapshot.time)
    switch move.target {
    case .earliest, .latest, .offset: return words
    case .time(let time): return "\(words), \(context.clock(time))"
    case .shift: return words + (partition == nil ? " in each partition" : "")
    }
  }

  private func sentence(_ plan: SeekPreview) -> String {
    var words = ["\(Self.counted(plan.repeated)) read again, \(Self.counted(plan.skipped, noun: "")) never read."]
    if plan.skipped > 0 { words.append("What those ask for is never done: who waits for it waits for ever.") }
    if plan.needsOperator { words.append("The group has members: it rebalances.") }
    if case .offset(let offset) = target, plan.entries.contains(where: { $0.to != offset }) {
      words.append("Where the log has no offset \(offset), its nearest end is taken.")
    }
    return words.joined(separator: " ")
  }

  /// `1 record is`, `300 records are`
  private static func counted(_ number: Int64, noun: String = " record") -> String {
    let count = Figures.count(Int(clamping: number)).text
    return number == 1 ? "\(count)\(noun) is" : "\(count)\(noun.isEmpty ? "" : noun + "s") are"
  }

  mutating func point(_ event: MouseEvent, in screen: Rect, _ context: PageContext) -> [Action] {
    guard event.action == .press || event.action == .doubleClick else { return [] }
    now = context.snapshot.time
    let row = event.row - box(screen).frame(in: screen.size).y - 1
    guard Choice.allCases.indices.contains(row) else { return [] }
    choice = Choice.allCases[row]
    preview = nil
    return load()
  }

  // MARK: Drawing

  private func box(_ screen: Rect) -> Widgets.Popup {
    let height = Choice.allCases.count + 1 + consequence(width: min(60, screen.width - 4)).count + 1 + 2
    let title = "\(visible(group)) reads \(visible(topic))\(partition.map { "[\($0)]" } ?? "")"
    return Widgets.Popup(
      [Run("move offsets  ", .title, bold: true), Run(middleEllipsis(title, 36), .strong, bold: true)],
      tone: .degraded, height: min(height, max(6, screen.height - 2)))
  }

  func draw(on canvas: inout Canvas, in screen: Rect, _ context: PageContext) {
    let inside = box(screen).draw(on: &canvas)
    var lines = Choice.allCases.map(row)
    lines.append([])
    lines += consequence(width: inside.width)
    for (row, line) in lines.prefix(max(0, inside.height - 1)).enumerated() {
      canvas.rich(endEllipsis(line, inside.width), x: inside.x, y: inside.y + row)
    }
    guard inside.height > 1 else { return }
    let keys = [
      Run("↵", .degraded, bold: true), Run(" move…   ", .text), Run("↑ ↓ j k", .accent, bold: true),
      Run(" where to   ", .muted), Run("Esc", .accent, bold: true), Run(" leave it", .muted),
    ]
    let shown = endEllipsis(keys.namingKeys(canvas.glyphSet), inside.width)
    canvas.rich(shown, x: inside.x, y: inside.bottom - 1)
  }

  private var plan: SeekPreview? {
    guard case .possible(let plan)? = preview?.answer else { return nil }
    return plan
  }

  private func row(_ choice: Choice) -> [Run] {
    let isChosen = choice == self.choice
    let name = choice.name + String(repeating: " ", count: 14 - choice.name.count)
    let mark = isChosen ? Run("▌ ", .selectionBar) : Run("  ")
    let text = editors[choice]?.text ?? choice.example
    let typed = choice == .earliest || choice == .latest ? "" : String(text.suffix(12))
    let field = typed + (isChosen && !typed.isEmpty ? "▏" : "")
    let padding = String(repeating: " ", count: max(1, 15 - field.cellWidth))
    let isWrong = isChosen && target == nil
    return [
      mark, Run(name, isChosen ? .strong : .text, bold: isChosen),
      Run(visible(field), isWrong ? .failing : .accent, bold: isChosen), Run(padding),
      Run(isWrong ? "no number" : choice.meaning, isWrong ? .failing : .muted),
    ]
  }

  /// What it would mean, partition by partition.
  private func consequence(width: Int) -> [[Run]] {
    guard target != nil else {
      return wrapped([Run("\"\(visible(text))\" is no number: nothing would be moved.", .failing)], width: width)
    }
    switch preview?.answer {
    case nil: return [[Run("reading…", .muted)]]
    case .refused(let sentence): return wrapped([Run(visible(sentence), .failing)], width: width)
    case .possible(let plan):
      var lines = wrapped([Run(sentence(plan), .text)], width: width)
      lines.append([Run("  part    committed          to   read again   never read", .faint)])
      for entry in plan.entries {
        let cells: [(String, Int, Ink)] = [
          ("\(entry.partition.partition)", 6, .muted),
          (entry.from.map { Figures.count(Int(clamping: $0)).text } ?? "–", 13, .text),
          (Figures.count(Int(clamping: entry.to)).text, 12, .strong),
          (Figures.count(Int(clamping: entry.repeated)).text, 13, entry.repeated > 0 ? .degraded : .faint),
          (Figures.count(Int(clamping: entry.skipped)).text, 13, entry.skipped > 0 ? .failing : .faint),
        ]
        lines.append(
          cells.map { text, width, ink in
            Run(String(repeating: " ", count: max(1, width - text.cellWidth)) + text, ink)
          })
      }
      return lines
    }
  }

  func breadcrumb(_ context: PageContext) -> [String] { ["move offsets"] }
  func hints(_ context: PageContext) -> [KeyHint] {
    [KeyHint("↵", "move…"), KeyHint("↑ ↓ j k", "where to"), KeyHint("Esc", "leave it")]
  }
}

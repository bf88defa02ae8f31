import Connectors
import Dashboard
import Drawing
import Operations
import Terminal
import Widgets

/// The front end's loop: on the main thread, synchronous, woken by keys, by new snapshots and once a second.
struct Cockpit: ~Copyable {
  let system: any LiveSystem
  private var screen: Screen
  private var theme: Theme
  private var isCold = false
  private var model: Model
  private let glyphSet: GlyphSet
  private let showsFrameTime: Bool
  private var isDone = false
  /// A search that goes on while there is nothing else to do.
  private var search: Search?
  /// A file that is being written while there is nothing else to do.
  var saving: SpanSaving?

  private enum Search {
    case records(RecordFilter, limit: Int)
    case log(LogFilter, limit: Int)
    case transactions(TransactionQuestion, limit: Int)
  }

  init(
    system: any LiveSystem, screen: consuming Screen, theme: Theme, themeName: String, isASCII: Bool, motion: Bool,
    zoneOffset: Int64
  ) {
    self.system = system
    self.theme = theme
    let snapshot = system.snapshot()
    model = Model(
      snapshot: snapshot, size: screen.size, zoneOffset: zoneOffset, motion: motion, themes: Theme.builtInNames,
      theme: themeName)
    showsFrameTime = !snapshot.system.isStill
    glyphSet = isASCII ? .ascii : .utf8
    self.screen = screen
  }

  var waker: Waker { screen.waker }

  /// Says something in the last line for a while.
  mutating func warn(_ sentence: String) {
    feed(.tick(WallClock.monotonic))
    feed(.outcome(.refused(sentence)))
  }

  /// Runs until the person quits or the terminal goes away, and gives the terminal back.
  consuming func run() {
    attend()
    let remark = breakOffSaving()
    leave()
    if let remark { StandardError.write("msatop: \(visible(remark))\n") }
  }

  /// The screen ends with who owns it.
  private consuming func leave() {}

  private mutating func attend() {
    var events: [Event] = []
    var nextFrame = WallClock.monotonic
    var nextTick = nextFrame
    var needsFrame = true
    var isUrgent = true
    var soonestFrame = nextFrame
    while !isDone {
      let now = WallClock.monotonic
      if now >= nextTick {
        feed(.tick(now))
        nextTick = now + 1_000_000_000
        needsFrame = true
      }
      if needsFrame, now >= (isUrgent ? soonestFrame : nextFrame) {
        draw()
        needsFrame = false
        isUrgent = false
        nextFrame = now + frameInterval
        soonestFrame = now + Self.shortestInterval
      }
      events.removeAll(keepingCapacity: true)
      let due = min(nextTick, !needsFrame ? .max : isUrgent ? soonestFrame : nextFrame)
      let milliseconds = search != nil || saving != nil ? 0 : Int(max(0, due - WallClock.monotonic) / 1_000_000) + 1
      screen.waitForEvents(milliseconds: milliseconds, now: { WallClock.monotonic }, into: &events)
      // What a key means may depend on what was shown a moment ago.
      if !events.isEmpty {
        feed(.tick(WallClock.monotonic))
      } else {
        if let next = search {
          search = nil
          feed(answer(to: next))
          needsFrame = true
        }
        if let outcome = saveOn() {
          feed(.outcome(outcome))
          needsFrame = true
        }
      }
      for event in events {
        if event == .wake {
          feed(.snapshot(system.snapshot()))
          // What arrives unseen is no reason to draw.
          needsFrame = needsFrame || !model.isFrozen
        } else {
          handle(event)
          needsFrame = true
          isUrgent = true
        }
      }
    }
  }

  /// However fast keys and mouse come: 60 frames a second.
  private static let shortestInterval: Int64 = 16_666_667

  /// Nanoseconds between frames that nobody asked for by a key.
  private var frameInterval: Int64 {
    1_000_000_000 / Int64(max(1, model.hasFocus ? model.refreshRate : 1))
  }

  private mutating func draw() {
    let began = WallClock.monotonic
    if model.isFrozen != isCold {
      isCold = model.isFrozen
      screen.setTheme(isCold ? theme.frozen : theme)
    }
    var canvas = Canvas(size: screen.size, glyphSet: glyphSet, isStrict: false)
    Dashboard.draw(model, on: &canvas)
    screen.present(canvas)
    if showsFrameTime { model.frameTime = WallClock.monotonic - began }
  }

  private mutating func handle(_ event: Event) {
    switch event {
    case .stop: isDone = true
    case .suspend: screen.suspend()
    default:
      for input in Self.inputs(of: event) { feed(input) }
    }
  }

  /// Gives an input to the model, and carries out what it wants, until it wants no more.
  private mutating func feed(_ input: Input) {
    var waiting = [input]
    while !waiting.isEmpty {
      for effect in update(&model, waiting.removeFirst()) {
        if let answer = carryOut(effect) { waiting.append(answer) }
      }
    }
  }

  /// What goes on with a search.
  private func answer(to search: Search) -> Input {
    switch search {
    case .records(let filter, let limit):
      return .records(filter, system.records(filter, limit: limit, takesNewer: false))
    case .log(let filter, let limit):
      let answer = system.searchLog(filter, limit: limit, takesNewer: false)
      return .log(filter, answer.lines, progress: answer.progress)
    case .transactions(let question, let limit):
      return .matching(question, system.transactions(question, limit: limit, takesNewer: false))
    }
  }

  private mutating func carryOut(_ effect: Effect) -> Input? {
    switch effect {
    case .perform(let command): return .outcome(system.perform(command))
    case .loadTransaction(let id): return .transaction(id, system.transaction(id))
    case .loadSaga(let id): return .saga(id, system.saga(id))
    case .loadStore(let service): return .store(service, system.store(of: service))
    case .loadMetrics(let service, let limit): return .metrics(service, system.metrics(of: service, limit: limit))
    case .findOrder(let key): return .order(key, system.order(key))
    case .findTransactions(let prefix): return .found(prefix: prefix, system.transactions(withPrefix: prefix))
    case .loadLog(let filter, let limit):
      search = nil
      let answer = system.searchLog(filter, limit: limit, takesNewer: true)
      return .log(filter, answer.lines, progress: answer.progress)
    case .searchLogOn(let filter, let limit): search = .log(filter, limit: limit)
    case .searchTransactions(let question, let limit):
      search = nil
      return .matching(question, system.transactions(question, limit: limit, takesNewer: true))
    case .searchTransactionsOn(let question, let limit): search = .transactions(question, limit: limit)
    case .loadRecords(let filter, let limit):
      search = nil
      return .records(filter, system.records(filter, limit: limit, takesNewer: true))
    case .searchOn(let filter, let limit): search = .records(filter, limit: limit)
    case .preview(let move): return .preview(move, system.preview(move))
    case .loadSnapshot(let time): return .pastSnapshot(system.snapshot(at: time))
    case .loadNextSnapshot(let time): return .pastSnapshot(system.snapshot(from: time))
    case .copy(let text):
      return .outcome(
        screen.copy(text) ? .done("copied") : .refused("this is too long for the terminal's clipboard"))
    case .save(let name, let text):
      return .outcome(save(Array(text.utf8), as: FileName(madeUp: name)) { "saved as \($0)" })
    case .saveSpans(let ids, let name): return .outcome(saveSpans(of: ids, as: name))
    case .saveMatching(let question, let name): return .outcome(save(question, as: name))
    case .setWindow(let window):
      system.show(figuresOver: window)
      // Where time stands still no new state comes by itself.
      let snapshot = system.snapshot()
      if snapshot.system.isStill { return .snapshot(snapshot) }
    case .setTheme(let name):
      if let chosen = Theme.named(name) {
        theme = chosen
        isCold = model.isFrozen
        screen.setTheme(isCold ? chosen.frozen : chosen)
      }
    case .setRefresh: break  // the model knows, and the loop asks it
    case .repaint: screen.repaint()
    case .suspend: screen.suspend()
    case .quit: isDone = true
    }
    return nil
  }
}

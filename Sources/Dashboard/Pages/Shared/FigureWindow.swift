import Drawing
import Operations
import TraceCollector

/// The window of figures, as titles name it and a key changes it.
extension RedWindow {
  /// `1 min`
  var words: String {
    switch self {
    case .tenSeconds: "10 s"
    case .minute: "1 min"
    case .quarterHour: "15 min"
    }
  }

  /// What follows the title of a panel.
  var note: [Run] { [.muted("  last \(words)")] }

  /// The next longer one; after the longest the shortest.
  var next: RedWindow {
    let all = RedWindow.allCases
    return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
  }

  /// The key that changes it.
  static let key = KeyHint("i", "window")
  static let help = KeyHint("i", "figures over the last 10 s, 1 min or 15 min: the titles say which")
}

extension PageContext {
  /// Asks for figures over the next window.
  func turnWindow() -> [Action] {
    guard !isFrozen else { return [.say("this is the past: its figures are over the last \(snapshot.window.words)")] }
    let next = snapshot.window.next
    return [.effect(.setWindow(next)), .say("figures over the last \(next.words)")]
  }
}

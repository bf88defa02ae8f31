import Dashboard
import Terminal

extension Cockpit {
  /// What a terminal's event is to the dashboard, which knows no terminal.
  static func inputs(of event: Event) -> [Input] {
    switch event {
    case .key(let key, let modifiers):
      return press(key).map { [.key(KeyPress($0, alt: modifiers.contains(.alt)))] } ?? []
    case .mouse(let mouse):
      return action(mouse.action).map { [.mouse(MouseEvent($0, column: mouse.column, row: mouse.row))] } ?? []
    case .paste(let text): return [.paste(text)]
    case .resize(let size): return [.resize(size)]
    case .focus(let hasFocus): return [.focus(hasFocus)]
    case .wake, .suspend, .stop: return []
    }
  }

  private static func press(_ key: Key) -> KeyPress.Key? {
    switch key {
    case .character(let character): .character(character)
    case .control(let character): .control(character)
    case .enter: .enter
    case .escape: .escape
    case .tab: .tab
    case .backTab: .backTab
    case .backspace: .backspace
    case .delete: .delete
    case .insert: nil
    case .up: .up
    case .down: .down
    case .left: .left
    case .right: .right
    case .home: .home
    case .end: .end
    case .pageUp: .pageUp
    case .pageDown: .pageDown
    case .function(let number): .function(number)
    }
  }

  private static func action(_ action: Mouse.Action) -> MouseEvent.Action? {
    switch action {
    case .press(button: 1, let clicks): clicks == 2 ? .doubleClick : .press
    case .press, .drag: nil
    case .release(button: 1): .release
    case .release: nil
    case .move: .move
    case .wheelUp: .wheelUp
    case .wheelDown: .wheelDown
    }
  }
}

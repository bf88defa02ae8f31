import Drawing
import Widgets

/// Where the parts of the menu of faults stand. Where there is no room for the list of kinds, one line chooses the kind.
struct FaultMenuLayout {
  static let buttonWidth = 10
  private static let labelWidth = 9
  private static let valueWidth = 9

  let frame: Rect
  /// Inside the box.
  let content: Rect
  let isCompact: Bool
  /// How many kinds are in sight, and the first of them.
  let kinds: Int
  let firstKind: Int
  let height: Int

  /// A shorter list is none.
  private static let leastKinds = 6
  private static let otherLines = 12

  /// - Parameter current: the place of the kind that is chosen, which is in sight.
  init(_ size: Size, kinds all: Int, current: Int) {
    let whole = Widgets.Popup([], height: all + Self.otherLines).frame(in: size)
    let room = min(all, max(Self.leastKinds, whole.height - Self.otherLines))
    kinds = room
    firstKind = max(0, min(current, all - 1) - room + 1)
    let wanted = room + Self.otherLines
    frame = Widgets.Popup([], height: wanted).frame(in: size)
    isCompact = frame.height < wanted
    height = wanted
    content = frame.inset(left: 3, top: 1, right: 3, bottom: 1)
  }

  /// Nil where the kind is a line like the other fields.
  var divider: Int? { isCompact ? nil : content.y + kinds + 1 }

  var firstField: Int { isCompact ? content.y + 1 : content.y + kinds + 2 }
  private var isAiry: Bool { content.height >= (isCompact ? 8 : kinds + 9) }
  var touches: Int { firstField + 4 + (isCompact ? 0 : 1) }
  var buttons: Int { min(content.bottom - 1, touches + (isAiry ? 2 : 1)) }

  func line(of field: FaultMenu.Field) -> Int {
    switch field {
    case .kind: content.y
    case .scope: firstField
    case .intensity: firstField + 1
    case .share: firstField + 2
    case .time: firstField + 3
    }
  }

  func kind(at line: Int) -> Int? {
    let index = line - content.y
    return !isCompact && index >= 0 && index < kinds ? firstKind + index : nil
  }

  func field(at line: Int) -> FaultMenu.Field? {
    FaultMenu.Field.allCases.first { ($0 != .kind || isCompact) && self.line(of: $0) == line }
  }

  /// Where values begin.
  var valueColumn: Int { content.x + Self.labelWidth + (content.width >= 50 ? 2 : 0) }
  var valueRoom: Int { content.right - valueColumn }
  var sliderWidth: Int { max(4, min(31, valueRoom - Self.valueWidth - 1)) }

  /// 0…1 from the slider's left end to its right; outside it beyond.
  func sliderPosition(of column: Int) -> Double { Double(column - valueColumn) / Double(max(1, sliderWidth - 1)) }
}

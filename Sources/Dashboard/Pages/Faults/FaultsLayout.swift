import Drawing
import Operations
import Widgets

/// Where the panels of the page stand: what is armed, what can be broken, and what would come of it.
struct FaultsLayout {
  /// With its rule and its headings.
  let armed: Rect
  /// With its rule and its headings.
  let matrix: Rect
  /// Empty where there is no room for it.
  let forecast: Rect
  let isTall: Bool
  /// Whether each kind has a column of its own; else a service's kinds are gone through one by one.
  let hasColumns: Bool

  private static let forecastHeight = 5

  init(_ size: Size, armed count: Int, services: Int, kinds: Int) {
    let frame = FrameLayout(size: size)
    self.init(page: frame.page, isTall: frame.isTall, armed: count, services: services, kinds: kinds)
  }

  init(page: Rect, isTall: Bool, armed count: Int, services: Int, kinds: Int) {
    self.isTall = isTall
    let content = page.inset(left: 2, right: 2, bottom: isTall ? 1 : 0)
    let gap = isTall ? 1 : 0
    hasColumns = FaultMatrix.leastWidth(kinds: min(kinds, FaultMatrix.leastColumns)) <= content.width
    // The rule, the headings, the armed ones and what came of them; or the rule and a sentence.
    let wanted = count == 0 ? 2 : 3 + count
    let least = count == 0 ? 2 : 3
    let isRoomy = content.height >= 17
    let forecastHeight = isRoomy ? Self.forecastHeight + gap : 0
    let table = min(services, isRoomy ? 6 : 3) + 2
    let armedHeight = max(least, min(wanted, content.height - forecastHeight - table - gap, max(6, content.height / 3)))
    armed = content.split(top: armedHeight).top
    let rest = content.split(top: armedHeight, gap: gap).rest
    let matrixHeight = min(services + 2, rest.height - forecastHeight)
    matrix = rest.split(top: matrixHeight).top
    forecast =
      isRoomy ? rest.split(top: matrixHeight, gap: gap).rest : Rect(x: content.x, y: page.bottom, width: 0, height: 0)
  }

  /// Where the scenarios stand: in place of all but what is armed while one chooses among them, else beside the
  /// forecast where that is wide enough. Nil where there is no room.
  func scenarios(isChosen: Bool) -> Rect? {
    if isChosen {
      let bottom = max(matrix.bottom, forecast.isEmpty ? matrix.bottom : forecast.bottom)
      return Rect(x: matrix.x, y: matrix.y, width: matrix.width, height: bottom - matrix.y)
    }
    guard forecast.width >= 100, forecast.height > 2 else { return nil }
    let width = forecast.width / 2
    return Rect(x: forecast.right - width, y: forecast.y, width: width, height: forecast.height)
  }

  /// How many services are in sight.
  var matrixRows: Int { max(1, matrix.height - 2) }
  /// How many of the armed ones are in sight; the last line says what came of them.
  var armedRows: Int { max(1, armed.height - (hasAftermath ? 3 : 2)) }
  var hasAftermath: Bool { armed.height >= 4 }
}

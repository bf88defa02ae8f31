import Drawing

/// Where the parts of a transaction's page stand: title, state, heading, lines, and the panel of the row under the cursor.
struct CallTreeGeometry {
  let page: Rect
  /// The lines; as few as there are, so that the panel follows them.
  let body: Rect
  /// Empty where there is no room for it.
  let panel: Rect
  /// Whether lines are left empty between the parts.
  let isTall: Bool

  init(_ size: Size, lines: Int) {
    self.init(page: FrameLayout(size: size).page, isTall: FrameLayout(size: size).isTall, lines: lines)
  }

  init(page: Rect, isTall: Bool, lines: Int) {
    self.page = page
    self.isTall = isTall
    let head = isTall ? 4 : 3
    // The panel takes what is left; where the lines want all, a title and two lines of facts.
    let least = isTall ? 4 : page.height >= 14 ? 5 : 0
    let margins = isTall ? 2 : 0
    let room = max(0, page.height - head - least - margins)
    let height = least == 0 ? room : min(room, max(lines, 1))
    let content = page.inset(left: 2, right: 2)
    body = Rect(x: content.x, y: page.y + head, width: content.width, height: height)
    let top = body.bottom + (isTall ? 1 : 0)
    let bottom = page.bottom - (isTall ? 1 : 0)
    panel = Rect(x: content.x, y: top, width: content.width, height: least == 0 ? 0 : bottom - top)
  }

  var titleLine: Int { page.y }
  var stateLine: Int { page.y + 1 }
  var headingLine: Int { body.y - 1 }
}

/// Where the columns of a call tree stand.
struct CallTreeColumns {
  /// The column of the critical path's mark; hops stand right of it.
  let hop: Int
  let hopWidth: Int
  let tree: Int
  let treeWidth: Int
  let took: Int
  let axis: Int
  /// 0 where the waterfall has no room.
  let axisWidth: Int
  let code: Int
  /// 0 where the codes have no room.
  let codeWidth: Int

  static let tookWidth = 8

  /// A waterfall gives way to names down to this width.
  private static let leastAxis = 20

  /// - Parameter names: the columns that the widest line of the tree takes; a wide waterfall gives way to it.
  init(x: Int, width: Int, hopWidth: Int, codeWidth wantedCode: Int, names: Int = 0) {
    let wide = width < 56 ? 0 : width >= 150 ? width / 2 : width >= 100 ? width * 37 / 100 : width / 3
    codeWidth = width < 70 ? 0 : wantedCode
    self.hopWidth = hopWidth
    hop = x
    tree = x + 1 + hopWidth + 1
    let right = (wide > 0 ? wide + 2 : 0) + (codeWidth > 0 ? codeWidth + 1 : 0)
    let usual = max(0, width - (tree - x) - 1 - Self.tookWidth - right)
    let given = max(0, min(names - usual, wide - max(Self.leastAxis, width / 4)))
    (axisWidth, treeWidth) = (wide - given, usual + given)
    took = tree + treeWidth + 1
    axis = took + Self.tookWidth + 2
    code = x + width - codeWidth
  }
}

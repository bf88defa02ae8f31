/// The only code that knows ncurses: it shows a canvas, reads keys and mouse, and makes colours of styles. It never
/// draws anything of its own, keeps no model, and asks no clock.
internal import CNcurses
internal import CTerminalGuard
public import Drawing
internal import Glibc

/// The terminal's screen.
///
/// ncurses keeps its state in unlocked globals, so there is one `Screen`, it has one owner, and it stays on the thread
/// that made it. The compiler holds us to that: the type can be neither copied nor sent.
public struct Screen: ~Copyable {
  private var palette: Palette
  private var shown: Canvas
  private var isShownKnown = false
  /// Whether ncurses will take up the terminal again with the next frame, and with its own modes only.
  private var isSuspended = false
  private var theme: Theme
  /// How many colours are drawn with.
  public let depth: ColorDepth
  var paste = Paste.none
  /// When something was last read from the terminal.
  var lastInput: Int64 = 0
  /// The letters of a mouse's report so far, while one comes in.
  var report: MouseReport?
  var mouse = MouseDecoder()

  /// Takes over the terminal.
  ///
  /// Call it on the main thread before other threads read the environment, which is changed for a moment.
  /// - Parameters:
  ///   - theme: what styles look like.
  ///   - depth: how many colours at most; nil for what the environment and the terminal promise.
  /// - Throws: ``ScreenError`` with the terminal untouched.
  public init(theme: Theme, depth wanted: ColorDepth? = nil) throws(ScreenError) {
    try Self.requireTerminal()
    try Self.selectUTF8()
    let promised = wanted ?? ColorDepth.promised { name in getenv(name).map { String(cString: $0) } }
    try Self.open(isDirect: promised == .direct)
    Self.setModes()
    let possible = ColorDepth.possible(colorCount: Int(cn_color_count()))
    depth = promised.map { Self.least($0, possible) } ?? possible
    self.theme = theme
    palette = Palette(theme: theme, depth: depth)
    shown = Self.blankFrame()
  }

  /// Throws unless a person sits at both ends: for programs that want to know before they start anything.
  public static func requireTerminal() throws(ScreenError) {
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1 else { throw .notATerminal }
  }

  /// Ends the process by the signal that asked for it (SIGTERM, SIGHUP, SIGINT), so that a shell learns of it; returns
  /// when none did. Call it when there is no screen any more.
  public static func endBySignal() { tg_end_by_signal() }

  deinit {
    Self.send(Self.reportingOff)
    endwin()
    tg_restore()
  }

  public var size: Size { shown.size }

  /// A handle other threads use to end ``waitForEvents(milliseconds:now:into:)``.
  public var waker: Waker { Waker() }

  // MARK: - Output

  /// Shows `frame`, sending only what differs from the frame before.
  public mutating func present(_ frame: Canvas) {
    precondition(frame.size == shown.size, "a frame is drawn at the size the screen has")
    if palette.isFull { setTheme(theme) }
    let columns = frame.size.columns
    for index in frame.glyphs.indices {
      let (glyph, style) = (frame.glyphs[index], frame.styles[index])
      if isShownKnown, glyph == shown.glyphs[index], style == shown.styles[index] { continue }
      if glyph == .continuation { continue }  // drawn with its first half
      put(glyph, style, row: index / columns, column: index % columns)
    }
    shown = frame
    isShownKnown = true
    wnoutrefresh(cn_screen())
    doupdate()
    if isSuspended { Self.send(Self.reportingOn) }
    isSuspended = false
  }

  /// Changes what styles look like. The next frame is drawn whole.
  public mutating func setTheme(_ theme: Theme) {
    self.theme = theme
    if depth != .mono { reset_color_pairs() }
    palette = Palette(theme: theme, depth: depth)
    repaint()
  }

  /// Draws the next frame whole, whatever the terminal shows now.
  public mutating func repaint() {
    shown = Self.blankFrame()
    isShownKnown = false
    clearok(cn_screen(), true)
  }

  /// Gives the terminal to the shell, as Ctrl-Z should, until it comes back. The next frame is drawn whole.
  public mutating func suspend() {
    Self.send(Self.reportingOff)
    endwin()
    tg_suspend()
    isSuspended = true
    repaint()
  }

  /// Puts text on the clipboard of the terminal (OSC 52), as far as it allows that.
  /// - Returns: whether the text was short enough to be sent.
  @discardableResult
  public func copy(_ text: String) -> Bool {
    guard let sequence = Clipboard.sequence(for: text) else { return false }
    Self.send(sequence)
    return true
  }

  private mutating func put(_ glyph: Glyph, _ style: CellStyle, row: Int, column: Int) {
    let entry = palette.entry(for: style)
    var text: InlineArray<4, wchar_t> = [0, 0, 0, 0]
    for (index, scalar) in glyph.scalars.enumerated() { text[index] = wchar_t(bitPattern: scalar.value) }
    if depth == .mono, Look.isCursorBar(glyph, style) { text = [0x3E, 0, 0, 0] }
    // Where the C library gives a character another width than we do, all that follows would be shifted.
    if !glyph.base.isASCII, Int(cn_width(glyph.base.value)) != glyph.width { text = [0x3F, 0, 0, 0] }
    text.span.withUnsafeBufferPointer {
      cn_put(Int32(row), Int32(column), $0.baseAddress, entry.attributes, entry.pair)
    }
  }

  private static func blankFrame() -> Canvas {
    let size = Size(columns: Int(getmaxx(cn_screen())), rows: Int(getmaxy(cn_screen())))
    return Canvas(size: size, isStrict: false)
  }

  private static func least(_ one: ColorDepth, _ other: ColorDepth) -> ColorDepth {
    ColorDepth.allCases.first { $0 == one || $0 == other } ?? one
  }
}

@available(*, unavailable)
extension Screen: Sendable {}

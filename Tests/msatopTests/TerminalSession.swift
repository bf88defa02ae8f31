import Foundation

/// The program in a real terminal: a tmux server of its own, with one window.
final class TerminalSession {
  private let socket: String
  private let directory: URL

  /// Starts a shell, and in it the program. The shell says `left with STATUS` when the program ends.
  init(_ arguments: String, columns: Int = 118, rows: Int = 36, environment: String = "") async throws {
    let name = "msatop-\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: 0...UInt32.max))"
    socket = name
    directory = FileManager.default.temporaryDirectory.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    try await tmux(
      "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "env", "-u", "NO_COLOR", "LC_ALL=C.UTF-8",
      "TERM=tmux-256color", "PS1=$ ", "sh")
    try await tmux("set", "-s", "escape-time", "0")
    try await type("stty -a > \(directory.path)/before; \(environment) \(Program.path) \(arguments); echo left with $?")
    try await press("Enter")
  }

  /// Also when a test ends early, or no terminal could be had.
  deinit { try? FileManager.default.removeItem(at: directory) }

  func end() async { _ = try? await tmux("kill-server") }

  @discardableResult
  private func tmux(_ arguments: String...) async throws -> Program.Outcome {
    try await Program.command(
      "tmux", ["-L", socket, "-f", "/dev/null"] + arguments,
      environment: ["TMUX_TMPDIR": FileManager.default.temporaryDirectory.path, "TMUX": ""])
  }

  func type(_ text: String) async throws { try await tmux("send-keys", "-l", text) }

  func press(_ keys: String...) async throws {
    for key in keys { try await tmux("send-keys", key) }
  }

  func resize(columns: Int, rows: Int) async throws {
    try await tmux("resize-window", "-x", "\(columns)", "-y", "\(rows)")
  }

  var screen: String {
    get async throws { try await tmux("capture-pane", "-p").output }
  }

  /// Looks again and again until the screen holds `text`; false when it has not after so many looks.
  func shows(_ text: String, looks: Int = 3000) async throws -> Bool {
    var last = ""
    for _ in 0..<looks {
      last = try await screen
      if last.contains(text) { return true }
    }
    print("looked for \"\(text)\" on this screen:\n\(last)")
    return false
  }

  /// The id of the program, which is the one child of the shell.
  var program: Int32? {
    get async throws {
      let shell = try await tmux("display", "-p", "#{pane_pid}").output.trimmingCharacters(in: .whitespacesAndNewlines)
      let children = try? String(contentsOfFile: "/proc/\(shell)/task/\(shell)/children", encoding: .utf8)
      return children?.split(separator: " ").first.flatMap { Int32($0) }
    }
  }

  /// Whether the terminal is as it was before: modes of the line, screen, cursor and mouse.
  func isRestored() async throws -> Bool {
    // The shell works it out, so that what is typed is not taken for the answer.
    try await type("stty -a > \(directory.path)/after; echo compared $((40 + 2))")
    try await press("Enter")
    guard try await shows("compared 42") else { return false }
    let before = try String(contentsOf: directory.appendingPathComponent("before"), encoding: .utf8)
    let after = try String(contentsOf: directory.appendingPathComponent("after"), encoding: .utf8)
    let modes = try await tmux("display", "-p", "#{alternate_on} #{mouse_any_flag} #{cursor_flag}").output
    return before == after && modes.trimmingCharacters(in: .whitespacesAndNewlines) == "0 0 1"
  }
}

/// What a terminal says of its mouse, letter by letter.
///
/// The form `CSI < button ; column ; line M` (xterm's mode 1006, `m` for a release), and the old one of three characters
/// after `CSI M`, for terminals that do not know the other. Both count columns and lines from 1.
struct MouseReport {
  /// A change as reported: xterm's number for button and held keys, cells from 0.
  struct Change: Hashable {
    var code: Int
    var column: Int
    var row: Int
    var isRelease: Bool
  }

  enum State: Hashable {
    case incomplete, malformed
    case complete(Change)
  }

  private let isOld: Bool
  private var letters: [UInt32] = []

  init(isOld: Bool) {
    self.isOld = isOld
  }

  mutating func append(_ letter: UInt32) -> State {
    letters.append(letter)
    return isOld ? old : current
  }

  private var old: State {
    guard letters.count == 3 else { return .incomplete }
    guard letters[0] >= 32, letters[1] > 32, letters[2] > 32 else { return .malformed }
    let code = Int(letters[0]) - 32
    let isRelease = code & 3 == 3 && code & 96 == 0
    return .complete(
      Change(code: code, column: Int(letters[1]) - 33, row: Int(letters[2]) - 33, isRelease: isRelease))
  }

  private var current: State {
    guard let last = letters.last, letters.count <= 20 else { return .malformed }
    if last == 59 || 48...57 ~= last { return .incomplete }
    guard last == 77 || last == 109 else { return .malformed }
    let numbers = letters.dropLast().split(separator: 59, omittingEmptySubsequences: false).map { digits in
      digits.isEmpty || digits.count > 5 ? -1 : digits.reduce(0) { $0 * 10 + Int($1) - 48 }
    }
    guard numbers.count == 3, numbers[0] >= 0, numbers[1] > 0, numbers[2] > 0 else { return .malformed }
    return .complete(
      Change(code: numbers[0], column: numbers[1] - 1, row: numbers[2] - 1, isRelease: last == 109))
  }
}

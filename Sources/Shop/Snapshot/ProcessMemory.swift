internal import Foundation

/// What this process holds.
public enum ProcessMemory {
  /// Resident bytes; nil where the system does not say.
  public static var residentBytes: Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
    let words = text.split(separator: " ")
    return words.count > 1 ? Int(words[1]).map { $0 * Int(sysconf(Int32(_SC_PAGESIZE))) } : nil
  }

  /// Gives the system the pages that are free between what is held. What comes and goes for hours, in sizes of all kinds,
  /// leaves more and more of them, though no more is held.
  static func giveBack() { _ = trim?(0) }

  /// glibc's own, which Swift's module of the C library leaves out; other libraries have none.
  private static let trim = dlsym(nil, "malloc_trim").map {
    unsafeBitCast($0, to: (@convention(c) (Int) -> Int32).self)
  }
}

import Glibc

/// The time of day, which the program shows and nothing in a simulation may depend on.
enum WallClock {
  /// Since the Unix epoch.
  static var nanoseconds: Int64 {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
  }

  /// Nanoseconds east of UTC, where the person at the terminal is.
  static var zoneOffset: Int64 {
    var seconds = time(nil)
    var local = tm()
    localtime_r(&seconds, &local)
    return Int64(local.tm_gmtoff) * 1_000_000_000
  }

  /// A clock that only goes forward.
  static var monotonic: Int64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
  }
}

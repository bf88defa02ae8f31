import Glibc

/// Waits for what ends a program without a screen: Ctrl-C, SIGTERM, or the terminal's end.
///
/// Make it before any thread is started: they take over that these signals are kept for who waits.
struct EndSignals {
  private let set: sigset_t

  init() {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&set, signal) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    self.set = set
  }

  /// Returns once one of them has come.
  func wait() {
    var set = set
    var signal: Int32 = 0
    sigwait(&set, &signal)
  }
}

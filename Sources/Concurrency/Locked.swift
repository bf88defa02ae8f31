// Concurrency: one lock for all that threads share. It never waits for anything but that lock, and starts no thread.

public import Synchronization

/// What two threads share, behind one lock.
///
/// The only place in this program that names `Mutex`: ThreadSanitizer reports false races for it under contention on
/// Linux, because it does not see the futex as synchronisation. Builds with `-DTSAN` tell it so.
#if TSAN
  public import CSanitizer
#endif

/// A value that is reached only while its lock is held. Take the lock once for a batch, never once for each element.
///
/// Inlinable, so that a module that uses it has it made for its own state: the general code asks the runtime for the
/// type of the mutex each time it is locked.
public final class Locked<State: ~Copyable & Sendable>: Sendable {
  @usableFromInline let mutex: Mutex<State>

  @inlinable
  public init(_ state: consuming sending State) {
    mutex = Mutex(state)
  }

  /// Runs `body` with the lock held. The lock is not recursive: `body` must not come back to the same `Locked`.
  @inlinable
  public func withLock<Result, Failure: Error>(
    _ body: (inout State) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    #if TSAN
      let address = Unmanaged.passUnretained(self).toOpaque()
    #endif
    return try mutex.withLock { (state: inout sending State) throws(Failure) in
      #if TSAN
        sanitizer_acquire(address)
        defer { sanitizer_release(address) }
      #endif
      return try body(&state)
    }
  }
}

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// An open file. It closes itself when nobody holds it any more.
final class File: Sendable {
  enum Mode {
    /// It must exist.
    case read
    /// It must exist.
    case update
    /// It is made where it is missing, and keeps what it has.
    case create
  }

  let path: String
  private let descriptor: Int32

  init(_ path: String, _ mode: Mode) throws(BusError) {
    let flags: Int32 =
      switch mode {
      case .read: O_RDONLY
      case .update: O_RDWR
      case .create: O_RDWR | O_CREAT
      }
    let descriptor = open(path, flags | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Self.failure("open", path) }
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// What an error of a sync says that it could not do.
  static let sync = "sync"

  static func failure(_ operation: String, _ path: String, _ code: Int32 = errno) -> BusError {
    .storage(operation: operation, path: path, reason: String(cString: strerror(code)), code: code)
  }

  /// Its length in bytes.
  func size() throws(BusError) -> Int64 {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.failure("look at", path) }
    return Int64(status.st_size)
  }

  /// Writes all bytes; after an error some of them may be there.
  func write(_ bytes: UnsafeRawBufferPointer, at position: Int64) throws(BusError) {
    var done = 0
    while done < bytes.count {
      let count = pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(position) + off_t(done))
      if count < 0 {
        if errno == EINTR { continue }
        throw Self.failure("write", path)
      }
      done += count
    }
  }

  func write(_ bytes: [UInt8], at position: Int64) throws(BusError) {
    try bytes.span.bytes.withUnsafeBytes { (raw) throws(BusError) in try write(raw, at: position) }
  }

  /// Reads as much as is there, up to the size of `buffer`.
  /// - Returns: the number of bytes; fewer than asked for only at the end of the file.
  func read(into buffer: UnsafeMutableRawBufferPointer, at position: Int64) throws(BusError) -> Int {
    var done = 0
    while done < buffer.count {
      let count = pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(position) + off_t(done))
      if count < 0 {
        if errno == EINTR { continue }
        throw Self.failure("read", path)
      }
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// Up to `count` bytes from `position` on.
  func read(_ count: Int, at position: Int64) throws(BusError) -> [UInt8] {
    var failure: BusError?
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let result = Result { () throws(BusError) in try read(into: UnsafeMutableRawBufferPointer(buffer), at: position) }
      switch result {
      case .success(let read): filled = read
      case .failure(let error): failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }

  func truncate(to size: Int64) throws(BusError) {
    guard ftruncate(descriptor, off_t(size)) == 0 else { throw Self.failure("cut", path) }
  }

  /// Returns once the file's content has reached the disk.
  func synchronize() throws(BusError) {
    #if canImport(Darwin)
      let result = fsync(descriptor)
    #else
      let result = fdatasync(descriptor)
    #endif
    guard result == 0 else { throw Self.failure(Self.sync, path) }
  }

  /// Gives it back, also where a copy of the descriptor is open elsewhere.
  func unlock() { flock(descriptor, LOCK_UN) }

  /// Takes the file for this process.
  /// - Returns: false when another one has it.
  func lock() throws(BusError) -> Bool {
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
    if errno == EWOULDBLOCK { return false }
    throw Self.failure("lock", path)
  }
}

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A data directory belongs to one process at a time. The kernel gives the lock back however the process ends.
final class DirectoryLock: Sendable {
  private let file: File

  /// - Throws: `directoryInUse` with what the owner said of itself.
  init(_ directory: String) throws(BusError) {
    file = try File(directory + "/lock", .create)
    guard try file.lock() else {
      let owner = String(decoding: try file.read(4_096, at: 0), as: UTF8.self)
      throw .directoryInUse(directory, by: owner.isEmpty ? "another process" : owner)
    }
    let command = CommandLine.arguments.map { $0.isEmpty ? "''" : $0 }.joined(separator: " ")
    let text = Array("process \(getpid()) (\(command.prefix(200)))".utf8)
    // Who it is can be told later, should the disk be full now.
    try? file.truncate(to: 0)
    try? file.write(text, at: 0)
  }

  /// Closing the file alone would not do: a process that is just being started has it open, too, until it runs its program.
  deinit { file.unlock() }
}

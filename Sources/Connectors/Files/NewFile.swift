internal import FoundationEssentials
internal import Glibc

/// A file that gets its name when it is whole, and never takes the place of another one.
///
/// Until then it is called `NAME.part`: nobody takes what a crash leaves behind for all of it.
public struct NewFile: Sendable {
  /// As it was wanted, or with a number where that name was made up and is taken.
  public private(set) var name: String
  private let isMadeUp: Bool
  private let part: String
  private let descriptor: Int32
  private var isOpen = true

  /// Begins it.
  ///
  /// - Parameter isMadeUp: whether nobody has said the name: where it is taken, `NAME-2` will do, `NAME-3`, and so on.
  public init(_ wanted: String, isMadeUp: Bool = false) throws(FileFault) {
    self.isMadeUp = isMadeUp
    (name, descriptor) = try Self.first(of: wanted, isMadeUp: isMadeUp) { name throws(FileFault) in
      try Self.begin(Self.path(of: name))
    }
    part = Self.part(of: Self.path(of: name))
  }

  /// Writes all of it at once; returns how it is called.
  public static func write(_ bytes: [UInt8], as name: String, isMadeUp: Bool = false) throws(FileFault) -> String {
    var file = try NewFile(name, isMadeUp: isMadeUp)
    do throws(FileFault) {
      try file.write(bytes)
      try file.finish()
    } catch {
      file.abandon()
      throw error
    }
    return file.name
  }

  public func write(_ bytes: [UInt8]) throws(FileFault) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written > 0 {
        rest = rest.dropFirst(written)
      } else if written == 0 || errno != EINTR {
        throw .system(written == 0 ? EIO : errno)
      }
    }
  }

  /// It is whole: gives it its name.
  public mutating func finish() throws(FileFault) {
    isOpen = false
    // Once it has its name it is there, whatever becomes of the machine; what cannot be synced at all is no file of a disk.
    let isSynced = fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP
    let code = errno
    // Some file systems say only now that there was no room.
    guard close(descriptor) == 0 else { throw .system(errno) }
    guard isSynced else { throw .system(code) }
    (name, _) = try Self.first(of: name, isMadeUp: isMadeUp) { [part] name throws(FileFault) in
      try Self.put(part, at: Self.path(of: name))
    }
  }

  /// Removes what there is of it. Not to be called once it has its name.
  public mutating func abandon() {
    if isOpen { close(descriptor) }
    isOpen = false
    unlink(part)
  }
}

// Names.
extension NewFile {
  private static let mostNames = 1_000

  /// The first name with which it can be done, and what that came to.
  private static func first<Value>(
    of wanted: String, isMadeUp: Bool, _ done: (String) throws(FileFault) -> Value
  ) throws(FileFault) -> (String, Value) {
    var number = 1
    while true {
      let name = numbered(wanted, number)
      do throws(FileFault) {
        return (name, try done(name))
      } catch {
        guard isMadeUp, error.isTaken, number < mostNames else { throw error }
        number += 1
      }
    }
  }

  /// `orders-2.otlp.jsonl`: made-up names have no dots but before their endings.
  private static func numbered(_ name: String, _ number: Int) -> String {
    if number == 1 { return name }
    let start = name.lastIndex(of: "/") ?? name.startIndex
    let ending = name[start...].firstIndex(of: ".") ?? name.endIndex
    return "\(name[..<ending])-\(number)\(name[ending...])"
  }

  private static func part(of path: String) -> String { path + ".part" }

  /// With the person's own folder in the place of `~`.
  private static func path(of name: String) -> String {
    name.hasPrefix("~") ? URL(fileURLWithPath: name).path : name
  }
}

// Files.
extension NewFile {
  private static func begin(_ path: String) throws(FileFault) -> Int32 {
    if let fault = fault(at: path) { throw fault }
    let part = part(of: path)
    let descriptor = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw errno == EEXIST ? .partIsThere(part) : .system(errno) }
    return descriptor
  }

  /// What stands there already; a link that leads nowhere does, too.
  private static func fault(at path: String) -> FileFault? {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR ? .isFolder : .isThere
  }

  /// Gives the part its name: a second one first, which fails where there is a file of that name.
  private static func put(_ part: String, at path: String) throws(FileFault) {
    guard link(part, path) == 0 else {
      let code = errno
      guard code != EEXIST else { throw .isThere }
      guard access(part, F_OK) == 0 else { throw .partIsGone(part) }
      // A folder that has gone is another matter than a file system without second names.
      guard code != ENOENT else { throw .system(code) }
      return try claim(path, for: part)
    }
    unlink(part)
  }

  /// The same where the file system gives no file a second name: an empty file keeps the name free until the part is
  /// moved there.
  static func claim(_ path: String, for part: String) throws(FileFault) {
    let claim = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard claim >= 0 else { throw errno == EEXIST ? .isThere : .system(errno) }
    close(claim)
    guard rename(part, path) == 0 else {
      let code = errno
      unlink(path)
      throw .system(code)
    }
  }
}

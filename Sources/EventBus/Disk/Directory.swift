#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// What is done with whole files and folders.
enum Directory {
  /// Makes the folder and those above it that are missing.
  static func create(_ path: String) throws(BusError) {
    if mkdir(path, 0o755) == 0 || errno == EEXIST { return try requireFolder(path) }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      throw File.failure("create", path)
    }
    try create(String(path[..<slash]))
    guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw File.failure("create", path) }
  }

  private static func requireFolder(_ path: String) throws(BusError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw File.failure("look at", path) }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw File.failure("use as a folder", path, ENOTDIR) }
  }

  /// The names in it, sorted by their bytes.
  static func names(in path: String) throws(BusError) -> [String] {
    guard let stream = opendir(path) else { throw File.failure("list", path) }
    defer { closedir(stream) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
      errno = 0
    }
    if errno != 0 { throw File.failure("list", path) }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The folder that it is in.
  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Makes what was created, renamed or removed in it last through a loss of power.
  static func synchronize(_ path: String) throws(BusError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw File.failure("open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw File.failure(File.sync, path) }
  }

  static func remove(_ path: String) throws(BusError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw File.failure("remove", path) }
  }

  static func rename(_ old: String, to new: String) throws(BusError) {
    guard Self.renameFile(old, new) == 0 else { throw File.failure("rename", old) }
  }

  private static func renameFile(_ old: String, _ new: String) -> Int32 {
    #if canImport(Glibc)
      Glibc.rename(old, new)
    #elseif canImport(Musl)
      Musl.rename(old, new)
    #else
      Darwin.rename(old, new)
    #endif
  }

  /// Writes a small file as a whole: whoever reads it, also after a crash, finds all of the old or all of the new.
  static func replace(_ path: String, with bytes: [UInt8]) throws(BusError) {
    let temporary = path + ".new"
    let file = try File(temporary, .create)
    try file.truncate(to: 0)
    try file.write(bytes, at: 0)
    try file.synchronize()
    try rename(temporary, to: path)
    try synchronize(parent(of: path))
  }
}

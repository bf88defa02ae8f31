internal import Concurrency

/// A data directory that this process has: what all its partitions share.
///
///     lock                  who has it
///     format                the version of this layout
///     topics/0-__consumer_offsets/topic       name and settings
///                                 /0/…log     the segments of partition 0
final class DiskStore: Sendable {
  private static let format = "msatop log 1\n"
  private static let saltMark = "salt "

  let directory: String
  let settings: StorageSettings
  let files: FileCache
  let encoders: EncoderPool
  /// Made by lot with the directory; checksums begin with it.
  private let salt: UInt32
  let flusher = Flusher()
  let transactions = TransactionBook()
  /// Why the last write of a partition failed, until one is done.
  let refusals = Locked<[TopicPartition: BusError]>([:])
  private let lock: Locked<DirectoryLock?>

  /// - Throws: `directoryInUse`, `unreadable` when it holds another version, `storage`.
  init(_ directory: String, settings: StorageSettings) throws(BusError) {
    try settings.validate()
    self.directory = directory
    self.settings = settings
    files = FileCache(capacity: settings.maximumOpenFiles)
    try Directory.create(directory)
    let formatFile = directory + "/format"
    let isNew = !Directory.exists(formatFile)
    // A folder with other things in it is none of ours: nothing is written there.
    if isNew, let other = try Directory.names(in: directory).first(where: { !Self.mayBeThere.contains($0) }) {
      throw .unreadable(path: directory, reason: "it is no data directory of msatop, and not empty (\(other))")
    }
    lock = Locked(try DirectoryLock(directory))
    if isNew {
      salt = UInt32.random(in: 1 ... .max)
      try Directory.replace(formatFile, with: Array("\(Self.format)\(Self.saltMark)\(salt)\n".utf8))
    } else {
      salt = try Self.salt(in: formatFile)
    }
    encoders = EncoderPool(salt: salt)
    try Directory.create(directory + "/topics")
    // What was made here must be there after a loss of power, before anything in it is said to be.
    try Directory.synchronize(directory)
    try Directory.synchronize(Directory.parent(of: directory))
  }

  /// In a directory that is new: what an opening left that was not finished, and what file systems put at their root.
  private static let mayBeThere: Set = ["lock", "format.new", "lost+found"]

  private static func salt(in path: String) throws(BusError) -> UInt32 {
    let found = String(decoding: try File(path, .read).read(100, at: 0), as: UTF8.self)
    guard found.hasPrefix(format), found.dropFirst(format.count).hasPrefix(saltMark),
      let salt = UInt32(found.dropFirst(format.count + saltMark.count).dropLast())
    else { throw .unreadable(path: path, reason: "it says \"\(found)\"; this version reads \"\(format)\"") }
    return salt
  }

  /// A segment without a file.
  func makeSegment(in folder: String, at baseOffset: Int64) -> DiskSegment {
    DiskSegment(id: files.makeSegmentID(), directory: folder, baseOffset: baseOffset, salt: salt)
  }

  /// What was known of producers at the end of a closed segment.
  func producers(atEndOf segment: DiskSegment) throws(BusError) -> [ProducerState] {
    guard segment.isSealed else { return segment.producers }
    return try SegmentFooter.read(files.file(of: segment, .update), of: segment)?.producers ?? []
  }

  /// Gives the directory to others. Nothing may be written after that.
  func release() { lock.withLock { $0 = nil } }

  func requireHeld() throws(BusError) {
    if lock.withLock({ $0 == nil }) { throw .unavailable("the broker") }
  }

  /// The folders of topics, in the order of their creation.
  func topicFolders() throws(BusError) -> [(number: Int, path: String)] {
    var folders: [(number: Int, path: String)] = []
    for name in try Directory.names(in: directory + "/topics") {
      let path = directory + "/topics/" + name
      guard let number = Int(name.prefix { $0 != "-" }) else {
        throw .unreadable(path: path, reason: "the folder of a topic begins with its number")
      }
      // Its creation was not finished, and nobody was told that it exists.
      if Directory.exists(path + "/topic") { folders.append((number, path)) }
    }
    return folders.sorted { $0.number < $1.number }
  }

  /// The number is what counts; the name is for people.
  func topicFolder(_ number: Int, name: String) -> String {
    let readable = name.utf8.prefix(60).map { byte -> Character in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."):
        Character(UnicodeScalar(byte))
      default: "-"
      }
    }
    return "\(directory)/topics/\(number)-\(String(readable))"
  }
}

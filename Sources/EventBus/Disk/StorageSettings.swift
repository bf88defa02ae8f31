/// How a broker keeps its log on disk.
public struct StorageSettings: Sendable, Hashable {
  /// What an append that does not say otherwise waits for: `memory` or `written`. Default `written`.
  public var acknowledge: Acknowledgement
  /// So many bytes of a partition may wait in memory for a disk that takes nothing. Default 8 MiB.
  public var maximumUnwritten: Int
  /// So many files are kept open, those in use just now not counted. Default 256.
  public var maximumOpenFiles: Int

  public init(
    acknowledge: Acknowledgement = .written, maximumUnwritten: Int = 8 << 20, maximumOpenFiles: Int = 256
  ) {
    self.acknowledge = acknowledge
    self.maximumUnwritten = maximumUnwritten
    self.maximumOpenFiles = maximumOpenFiles
  }

  func validate() throws(BusError) {
    guard acknowledge != .synced else {
      throw .invalidSettings("storage: a sync is waited for where records are appended; choose memory or written here")
    }
    guard maximumUnwritten >= 0 else { throw .invalidSettings("storage: maximumUnwritten must be 0 bytes or more") }
    guard maximumOpenFiles > 0 else { throw .invalidSettings("storage: maximumOpenFiles must be over 0") }
  }
}

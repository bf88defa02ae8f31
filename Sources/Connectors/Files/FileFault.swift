internal import Glibc

/// Why a file could not be written, and what would be right.
public enum FileFault: Error, Equatable, Sendable {
  /// There is a file of that name, be it that it came meanwhile.
  case isThere
  case isFolder
  /// So is the file called that is written before it is whole, and there is one of that name.
  case partIsThere(String)
  /// What was written of it has gone from its place meanwhile.
  case partIsGone(String)
  /// What the system says, as an `errno`.
  case system(Int32)

  /// Whether another name would do.
  var isTaken: Bool {
    switch self {
    case .isThere, .isFolder, .partIsThere: true
    case .partIsGone, .system: false
    }
  }
}

extension FileFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .isThere: "there is a file of that name already; say another"
    case .isFolder: "that is a folder; say the name of a file in it"
    case .partIsThere(let part):
      "there is \(part), where another save goes on or was broken off; remove it, or say another name"
    case .partIsGone(let part): "\(part) was removed while it was written; save it again"
    case .system(let code): Self.words(code)
    }
  }

  private static func words(_ code: Int32) -> String {
    switch code {
    case ENOENT: "its folder is not there; say one that is"
    case ENOTDIR: "what its name has for a folder is a file; say a folder"
    case EACCES, EPERM: "you may not write there; say another folder"
    case EROFS: "that disk cannot be written to; say another folder"
    case ENOSPC, EDQUOT: "the disk is full"
    case EFBIG: "it is larger than a file may be there"
    case EINVAL, ENAMETOOLONG, EILSEQ: "no file can be called that; say another name"
    default: String(cString: strerror(code))
    }
  }
}

import Foundation

/// Why a file could not be written, and what would be right.
enum FileFault {
  static func words(_ error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileWriteFileExists: "there is a file of that name already; say another"
    case .fileNoSuchFile, .fileReadNoSuchFile: "its folder is not there; say one that is"
    case .fileWriteNoPermission, .fileReadNoPermission: "you may not write there; say another folder"
    case .fileWriteVolumeReadOnly: "that disk cannot be written to; say another folder"
    case .fileWriteOutOfSpace: "the disk is full"
    case .fileWriteInvalidFileName: "no file can be called that; say another name"
    default: error.localizedDescription
    }
  }
}

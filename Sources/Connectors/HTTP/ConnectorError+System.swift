internal import NIOCore

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

extension ConnectorError {
  /// What the system said when it was asked to listen on `address`.
  package init(_ error: any Error, address: ListenAddress, option: String) {
    switch error {
    case let error as ConnectorError: self = error
    case let error as IOError: self.init(number: error.errnoCode, address: address, option: option)
    case is SocketAddressError.UnknownHost: self = .unknownHost(address, option: option)
    default: self = .cannotListen(address, reason: "\(error)")
    }
  }

  private init(number: CInt, address: ListenAddress, option: String) {
    switch number {
    case EADDRINUSE: self = .portInUse(address, option: option)
    case EACCES, EPERM: self = .notPermitted(address, option: option)
    case EADDRNOTAVAIL: self = .foreignAddress(address, option: option)
    default: self = .cannotListen(address, reason: String(cString: strerror(number)))
    }
  }
}

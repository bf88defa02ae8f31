/// Why a receiver could not start. Its description is one sentence that says what would be right.
public enum ConnectorError: Error, Equatable, Sendable {
  /// What was asked for is no `[HOST:]PORT`.
  case invalidAddress(String, reason: String)
  /// It is no `https://shop.example`.
  case invalidOrigin(String)
  /// Another program listens there. `option` is the command line's name for this receiver's port.
  case portInUse(ListenAddress, option: String)
  /// The system lets this user not listen there, as with ports below 1024.
  case notPermitted(ListenAddress, option: String)
  /// The host is none of this machine's addresses.
  case foreignAddress(ListenAddress, option: String)
  /// Nobody knows a host of that name.
  case unknownHost(ListenAddress, option: String)
  /// Anything else the system said.
  case cannotListen(ListenAddress, reason: String)
  /// It was stopped before it listened.
  case stopped
  /// It was started or stopped before: a receiver serves once.
  case spent
}

extension ConnectorError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .invalidAddress(let text, let reason):
      "\"\(Excerpt.of(text))\" is not an address to listen on: \(reason); write [HOST:]PORT, such as 4318 or 0.0.0.0:9411"
    case .invalidOrigin(let text):
      "\"\(Excerpt.of(text))\" is not an origin: write scheme and host, and a port where it has one, such as "
        + "https://shop.example or http://10.0.0.7:3000"
    case .portInUse(let address, let option):
      "port \(address.port) on \(address.host) is in use: choose another with \(option) PORT"
    case .notPermitted(let address, let option):
      "you may not listen on port \(address.port) of \(address.host): choose one from 1024 up with \(option) PORT"
    case .foreignAddress(let address, let option):
      "\(address.host) is not an address of this machine: leave it out or choose another with \(option) HOST:PORT"
    case .unknownHost(let address, let option):
      "there is no host \(address.host): leave it out or choose another with \(option) HOST:PORT"
    case .cannotListen(let address, let reason):
      "cannot listen on \(address): \(reason)"
    case .stopped:
      "the receiver was stopped before it listened: start a new one"
    case .spent:
      "this receiver was started or stopped before: make a new one"
    }
  }
}

/// Reads a kind of fault with its intensity: `latency=2s`.
struct FaultKindParser {
  let name: FaultKind.Name
  /// What stands after the equals sign; nil where there is none.
  let intensity: String?

  /// Poison in larger numbers would be load, and no mistake.
  private static let mostRecords = 1_000
  private static let mostConnections = 1_000
  /// Beyond this a broker refuses a record for its timestamp.
  static let widestSkew: Int64 = 60_000_000_000

  func parse() throws(FaultSpecError) -> FaultKind {
    switch name {
    case .latency: return .latency(try duration(default: 2_000_000_000))
    case .slowConsumer: return .slowConsumer(try duration(default: 500_000_000))
    case .errors: return .errors(try share(default: 1, of: "the calls", example: "errors=30%"))
    case .duplicate: return .duplicate(try share(default: 0.05, of: "the records", example: "duplicate=5%"))
    case .pool: return .pool(try number(0...Self.mostConnections, default: 0, of: "connections", example: "pool=0"))
    case .maxConnections:
      return .maxConnections(
        try number(1...Self.mostConnections, default: 20, of: "connections", example: "max-connections=20"))
    case .poison: return .poison(try number(1...Self.mostRecords, default: 1, of: "records", example: "poison=1"))
    case .skew: return .skew(try offset())
    case .leak: return .leak(try bytes())
    case .crash, .databaseDown, .outage, .partition, .loseBeforeOutbox, .brokerDown, .dualWrite, .noIdempotency,
      .noBreaker, .innerJoin, .viewWithoutVersions, .noHandBack, .full, .down:
      if let intensity {
        throw FaultSpecError("\(name.rawValue) has no intensity; leave out \"=\(intensity)\"")
      }
      return name.usual
    }
  }

  private func duration(default fallback: Int64) throws(FaultSpecError) -> Int64 {
    guard let intensity else { return fallback }
    guard let value = FaultNotation.nanoseconds(intensity), value > 0 else {
      throw FaultSpecError("\(name.rawValue)=\(intensity) is not a duration; say \(name.rawValue)=2s or 500ms")
    }
    guard value <= FaultKind.longestDelay else {
      throw FaultSpecError(
        "\(name.rawValue)=\(intensity) is longer than anybody waits; say "
          + "\(FaultNotation.duration(FaultKind.longestDelay)) at most, or break it altogether")
    }
    return value
  }

  private func share(default fallback: Double, of what: String, example: String) throws(FaultSpecError) -> Double {
    guard let intensity else { return fallback }
    guard let share = FaultNotation.share(intensity), share > 0 else {
      throw FaultSpecError("\(name.rawValue)=\(intensity) is not a share of \(what); say \(example)")
    }
    return share
  }

  private func number(
    _ range: ClosedRange<Int>, default fallback: Int, of what: String, example: String
  ) throws(FaultSpecError) -> Int {
    guard let intensity else { return fallback }
    guard let number = Int(intensity), range.contains(number) else {
      throw FaultSpecError(
        "\(name.rawValue)=\(intensity) is not a number of \(what) from \(range.lowerBound) to "
          + "\(range.upperBound); say \(example)")
    }
    return number
  }

  private func offset() throws(FaultSpecError) -> Int64 {
    guard let intensity else { return 2_000_000_000 }
    guard let offset = FaultNotation.offset(intensity), offset != 0 else {
      throw FaultSpecError("skew=\(intensity) is not an offset; say skew=+2s or skew=-500ms")
    }
    guard abs(offset) <= Self.widestSkew else {
      throw FaultSpecError("skew=\(intensity) is more than the bus takes of a record's timestamp; say 60s at most")
    }
    return offset
  }

  private func bytes() throws(FaultSpecError) -> Int64 {
    guard let intensity else { return 10_000_000 }
    guard let bytes = FaultNotation.bytesPerSecond(intensity), bytes > 0 else {
      throw FaultSpecError("leak=\(intensity) is not bytes a second; say leak=10MB/s")
    }
    guard bytes >= 1_000 else {
      throw FaultSpecError("leak=\(intensity) is less than anybody would notice; say leak=1KB/s or more")
    }
    return bytes
  }
}

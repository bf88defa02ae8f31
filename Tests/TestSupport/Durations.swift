/// In nanoseconds.
public let millisecond: Int64 = 1_000_000
public let second: Int64 = 1_000_000_000
public let minute: Int64 = 60_000_000_000

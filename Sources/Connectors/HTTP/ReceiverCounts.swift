package import Concurrency

/// What a receiver took in and turned away since it was made.
public struct ReceiverCounts: Sendable, Equatable, Codable {
  /// Requests that were answered, of any kind; `GET /health` does not count.
  public var requests: UInt64 = 0
  /// Requests that were taken, those that held nothing included.
  public var accepted: UInt64 = 0
  /// Spans handed on.
  public var spans: UInt64 = 0
  /// Log lines handed on.
  public var logs: UInt64 = 0
  /// Points of metrics handed on.
  public var metrics: UInt64 = 0
  /// Spans, log lines and points that were left out of requests that were taken.
  public var leftOut: UInt64 = 0
  /// Bytes of request bodies as they came over the wire, rejected ones included.
  public var bytes: UInt64 = 0
  /// Time spent on taking requests in: decompressing and reading them, and handing on what they held.
  public var ingestNanoseconds: UInt64 = 0
  /// Requests turned away, one entry for each reason that occurred, in the order of ``RejectionReason``.
  public var rejected: [Rejected] = []

  /// How many requests one reason turned away.
  public struct Rejected: Sendable, Equatable, Codable {
    public var reason: RejectionReason
    public var requests: UInt64

    public init(reason: RejectionReason, requests: UInt64) {
      self.reason = reason
      self.requests = requests
    }
  }

  public init() {}

  /// How many requests `reason` turned away.
  public subscript(reason: RejectionReason) -> UInt64 {
    rejected.first { $0.reason == reason }?.requests ?? 0
  }

  /// Spans, log lines and points of requests that were taken: those handed on, and those left out.
  public var elements: UInt64 { spans + logs + metrics + leftOut }

  /// How many requests were turned away, for whatever reason.
  public var rejectedRequests: UInt64 { rejected.reduce(0) { $0 + $1.requests } }

  package mutating func reject(for reason: RejectionReason) {
    requests += 1
    if let index = rejected.firstIndex(where: { $0.reason == reason }) {
      rejected[index].requests += 1
    } else {
      rejected.append(Rejected(reason: reason, requests: 1))
      rejected.sort { $0.reason < $1.reason }
    }
  }

  package mutating func accept(spans: Int = 0, logs: Int = 0, metrics: Int = 0, refused: Int = 0) {
    requests += 1
    accepted += 1
    self.spans += UInt64(spans)
    self.logs += UInt64(logs)
    self.metrics += UInt64(metrics)
    leftOut += UInt64(refused)
  }
}

extension Locked<ReceiverCounts> {
  /// Takes one request in, and counts the time that took.
  package func timing<Result, Failure: Error>(_ take: () throws(Failure) -> Result) throws(Failure) -> Result {
    let start = ContinuousClock.now
    defer {
      let (seconds, attoseconds) = (ContinuousClock.now - start).components
      withLock { $0.ingestNanoseconds += UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000) }
    }
    return try take()
  }
}

/// Why a request was turned away. Nothing of such a request is kept.
public enum RejectionReason: String, Sendable, Codable, CaseIterable, Comparable {
  /// The body is not what its type says, or not what belongs there.
  case malformedBody
  /// One element of it breaks a rule of its protocol.
  case invalidSpan
  /// The body does not decompress.
  case malformedCompression
  /// The body is declared as something that is not read as JSON.
  case unsupportedType
  /// The body is encoded in a way other than gzip or deflate.
  case unsupportedEncoding
  /// The body is longer than the limit, before or after decompression.
  case tooLarge
  /// The path takes another method.
  case wrongMethod
  /// There is nothing at the path.
  case unknownPath
  /// A web page sent it, or wanted to, whose origin may not report here.
  case foreignOrigin
  /// Too many bytes of other requests wait to be read.
  case overloaded
  /// The sender, or the end of the receiver, cut the body short.
  case interrupted

  public static func < (left: RejectionReason, right: RejectionReason) -> Bool {
    left.rank < right.rank
  }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

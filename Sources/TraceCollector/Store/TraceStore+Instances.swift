internal import Concurrency

/// One process of a service, as its spans name it.
public struct ReportedInstance: Sendable, Equatable, Codable {
  public var service: String
  /// As ``TraceModel/TraceSpan/instance``.
  public var instance: String

  public init(service: String, instance: String) {
    self.service = service
    self.instance = instance
  }
}

extension TraceStore {
  /// Whose spans came in lately: each instance once, the one that reported last first; at most `limit`.
  ///
  /// Lately is within the last few of the segments that the store keeps its spans in. Spans without an instance count
  /// for their service alone, whose `instance` is empty then. An address that is named both with its port and without, or
  /// a port without its host, is the one that has both.
  public func instances(limit: Int = 1_000) -> [ReportedInstance] {
    let found = state.withLock { $0.segments.instances(limit: limit) }
    let names = InstanceNames(found)
    return found.filter { names.whole(of: $0) == nil }
  }
}

extension SegmentTable {
  private static let segmentsLookedAt = 4

  fileprivate func instances(limit: Int) -> [ReportedInstance] {
    var known: Set<[String]> = []
    var found: [ReportedInstance] = []
    for number in newestFirst.prefix(Self.segmentsLookedAt) {
      let segment = self[number]
      for origin in (0..<segment.pointee.origins.count).reversed() where found.count < limit {
        let origin = segment.pointee.origins[UInt16(origin)]
        let service = segment.pointee.texts.text(origin.service)
        let instance = segment.pointee.texts.text(origin.instance)
        guard !service.isEmpty, known.insert([service, instance]).inserted else { continue }
        found.append(ReportedInstance(service: service, instance: instance))
      }
    }
    return found
  }
}

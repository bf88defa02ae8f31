internal import Operations
internal import TraceModel

/// The newest calls and records of each service whose handling failed: those that its share of errors counts. A service is
/// asked for what it says in its log, too, but not each error is worth a line there.
struct FailureBook {
  /// Oldest first, by service; for looking up only.
  private var newest: [String: [ServiceErrorLine]] = [:]
  static let kept = 8

  /// Takes in a span that has ended; what was no error, or none of a service's work, is passed over.
  mutating func note(_ span: TraceSpan) {
    guard span.status == .error, span.kind == .server || span.kind == .consumer else { return }
    let message = span.message.isEmpty ? "failed" : span.message
    let line = ServiceErrorLine(time: span.end, gtxid: span.gtxid, message: "\(span.operation): \(message)")
    newest[span.service, default: []].append(line)
    if newest[span.service, default: []].count > Self.kept { newest[span.service]?.removeFirst() }
  }

  /// Newest first.
  func failures(of service: String) -> [ServiceErrorLine] { (newest[service] ?? []).reversed() }
}

import GRDB
import TraceModel

@testable import Transactions

/// What rolls a transaction back on purpose.
struct Abandoned: Error {}

func origin(_ number: UInt64) -> ChangeOrigin {
  guard let gtxid = GTXID(high: 7, low: number), let span = SpanID(number) else { preconditionFailure("no zero") }
  return ChangeOrigin(gtxid: gtxid, ltxid: LTXID.first.next, span: span)
}

extension ServiceDatabase {
  /// The changes of all transactions after `position`.
  func changes(after position: Int64 = 0) throws -> [RowChange] {
    try transactions(after: position).flatMap(\.changes)
  }

  func transactions(after position: Int64 = 0) throws -> [ChangeTransaction] {
    guard let changeLog, case .transactions(let transactions) = try changeLog.read(after: position, limit: 1_000_000)
    else { return [] }
    return transactions
  }

  /// Runs SQL in a transaction at a time, as GRDB runs it: several statements, nothing cached.
  func execute(at time: Int64 = 1, for origin: ChangeOrigin? = nil, _ sql: String) throws {
    try write(at: time, for: origin) { try $0.execute(sql: sql) }
  }
}

extension RowChange {
  /// `update item: id=1 n=2 -> id=1 n=3`
  var text: String {
    let images = [before, after].compactMap { $0?.description }.joined(separator: " -> ")
    return "\(operation.rawValue) \(table): \(images)"
  }
}

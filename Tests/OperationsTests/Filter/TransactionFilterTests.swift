import Operations
import Testing
import TraceModel

@Suite struct TransactionFilterTests {
  private static let transactions: [TransactionSummary] = [
    transaction("8f3a", "checkout", .compensated, ms: 2_070, errors: 1) {
      $0.services = ["gateway", "order", "payment-gateway"]
      $0.firstError = "PaymentGatewayTimeout: no answer in 1,000 ms"
      $0.user = "kim"
      $0.hops = 9
    },
    transaction("77b0", "checkout", .stuck, ms: 252_000) {
      $0.services = ["gateway", "order"]
      $0.user = "Lee"
      $0.isOverdue = true
      $0.hops = 4
    },
    transaction("c41d", "POST /orders", .ok, ms: 12) {
      $0.services = ["결제"]
      $0.isExternal = true
      $0.hops = 2
    },
    transaction("0001", "checkout", .rejected, ms: 500) { $0.services = ["gateway"] },
  ]

  private static func transaction(
    _ id: String, _ kind: String, _ state: TransactionState, ms: Int64, errors: Int = 0,
    _ change: (inout TransactionSummary) -> Void
  ) -> TransactionSummary {
    let gtxid = GTXID(id + String(repeating: "5", count: 28))!
    var summary = TransactionSummary(gtxid: gtxid, kind: kind, state: state, start: 0, duration: ms * 1_000_000)
    summary.errors = errors
    change(&summary)
    return summary
  }

  private static func ids(_ text: String) throws -> [String] {
    let filter = try TransactionFilter(parsing: text)
    return transactions.filter { filter.verdict($0) ?? false }.map { String($0.gtxid.hex.prefix(4)) }
  }

  @Test(arguments: [
    ("", "8f3a 77b0 c41d 0001"), ("   ", "8f3a 77b0 c41d 0001"), ("dur>500ms", "8f3a 77b0"),
    ("dur>=500ms", "8f3a 77b0 0001"), ("dur<0.1s", "c41d"), ("dur = 12ms", "c41d"), ("svc=order", "8f3a 77b0"),
    ("svc~pay", "8f3a"), ("svc=결제", "c41d"), ("svc!=gateway", "c41d"), ("svc!~gate", "c41d"), ("err", "8f3a 77b0"),
    ("not err", "c41d 0001"), ("status=STUCK", "77b0"), ("status!=stuck err", "8f3a"), ("user=lee", "77b0"),
    ("err or op~x", "8f3a 77b0"), ("not (op~x or err)", ""), ("not (op~x err)", "c41d 0001"),
    ("gtxid=8F", "8f3a"), ("gtxid!=8f3a55", "77b0 c41d 0001"), ("kind=checkout", "8f3a 77b0 0001"),
    ("kind~ORD", "c41d"), ("error~\"1,000 ms\"", "8f3a"), ("hops>2 hops<9", "77b0"), ("errors=1", "8f3a"),
    ("overdue", "77b0"), ("external", "c41d"), ("external or overdue and svc=nobody", "c41d"),
    ("(external or overdue) and not svc=order", "c41d"), ("NOT (err OR external)", "0001"),
    ("not not err", "8f3a 77b0"), ("user=\"\" and not external", "0001"),
  ]) func letsThrough(_ text: String, expected: String) throws {
    #expect(try Self.ids(text).joined(separator: " ") == expected)
  }

  @Test(arguments: [
    ("foo", 1, "unknown word \"foo\""), ("err foo=1", 5, "unknown word \"foo\""), ("dur", 4, "dur>500ms"),
    ("dur>", 5, "dur>500ms"), ("err dur>fast", 9, "is no duration"), ("dur~2s", 4, "dur takes = != < <= > >="),
    ("status=gone", 8, "there are running committed"), ("status~x", 7, "takes = and !="),
    ("gtxid=xyz", 7, "hexadecimal"), ("hops>-1", 6, "is no count"), ("(err", 1, "not closed"),
    ("err)", 4, "closes nothing"), ("()", 2, "missing between"), ("err or", 7, "missing here"),
    ("err and", 8, "missing here"), ("and err", 1, "missing before and"), ("not", 4, "missing here"),
    ("=5", 1, "what is to be ="), ("user=\"kim", 6, "not closed"), ("dur=>2s", 4, "compares nothing"),
    ("(err or )", 9, "missing before )"), ("@", 1, "name an attribute after @"),
    ("http.method", 12, "or say @http.method"),
    ("a.b=", 5, "a.b= needs a value"), ("@a<fast", 4, "\"fast\" is no number"), ("@a>inf", 4, "is no number"),
    ("결제 err", 1, "unknown word"),
  ]) func saysWhereAndWhatIsWrong(_ text: String, column: Int, reason: String) {
    let error = #expect(throws: TransactionFilterError.self) { try TransactionFilter(parsing: text) }
    #expect(error?.column == column)
    #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "nothing")")
    #expect(error?.description == "column \(column): \(error?.reason ?? "")")
  }

  @Test(arguments: [
    ("op~charge", "op~charge"), ("@retry", "@retry"), ("http.status_code>=500", "@http.status_code>=500"),
    ("@Http.Route=/orders not @a!~\"b c\"", "@Http.Route=/orders not @a!~\"b c\""), ("@a<1.5", "@a<1.5"),
    ("@a=200", "@a=200"), ("@a<2e3", "@a<2000"),
  ]) func asksTheSpans(_ text: String, printed: String) throws {
    let filter = try TransactionFilter(parsing: text)
    #expect(filter.description == printed)
    #expect(Self.transactions.allSatisfy { filter.verdict($0) == nil })
  }

  @Test func refusesWhatWouldExhaustTheStack() {
    let text = String(repeating: "(", count: 100_000) + "err" + String(repeating: ")", count: 100_000)
    #expect(throws: TransactionFilterError(column: 65, "more than 64 parentheses inside each other")) {
      try TransactionFilter(parsing: text)
    }
    #expect(throws: TransactionFilterError.self) {
      try TransactionFilter(parsing: String(repeating: "not ", count: 100_000) + "err")
    }
  }

  @Test func readsALongListOfConditions() throws {
    let filter = try TransactionFilter(parsing: Array(repeating: "err", count: 50_000).joined(separator: " "))
    #expect(filter.verdict(Self.transactions[0]) == true)
    #expect(filter.verdict(Self.transactions[2]) == false)
  }
}

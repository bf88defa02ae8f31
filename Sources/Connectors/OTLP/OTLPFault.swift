/// Why a request of OTLP cannot be read. Nothing of it is taken.
package struct OTLPFault: Error, Equatable {
  /// `resourceSpans[0].scopeSpans[1].spans[7].traceId`; empty where it concerns the whole body.
  package var path: String
  /// What must be there.
  package var reason: String
  /// True when the body is not what it is declared as; false when what it holds breaks a rule.
  package var isMalformed: Bool
  /// True when it holds more than is read at once.
  package var isTooLarge = false
}

extension OTLPFault {
  init(_ fault: JSONFault, in body: [UInt8]) {
    if let reason = fault.reason {
      let path = JSONFault.path(to: fault.place, in: body)
      self.init(path: path, reason: reason, isMalformed: path.isEmpty)
    } else {
      self.init(JSONGrammar.fault(in: body, at: fault.place))
    }
  }

  init(_ fault: JSONGrammar.Fault) {
    self.init(path: "", reason: "\(fault.verdict) at line \(fault.line), column \(fault.column)", isMalformed: true)
  }
}

extension OTLPFault: CustomStringConvertible {
  package var description: String { path.isEmpty ? "the body \(reason)" : "\(path): \(reason)" }
}

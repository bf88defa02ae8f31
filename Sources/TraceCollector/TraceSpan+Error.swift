internal import TraceModel

extension TraceSpan {
  /// What went wrong, in the service's words, or else in what its attributes say.
  var errorSentence: String {
    if !message.isEmpty { return message }
    if let type = self[attribute: AttributeName.errorType]?.description, !type.isEmpty { return type }
    if let status = self[attribute: AttributeName.httpStatus]?.integer { return "\(operation) answered \(status)" }
    return "\(operation) failed"
  }
}

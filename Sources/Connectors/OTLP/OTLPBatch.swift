/// What a request held, in our words.
struct OTLPBatch<Element> {
  var elements: [Element] = []
  /// Those of which nothing is taken, though the others are.
  var refused = 0
  /// Of the first one that was refused: where it is, and what would be right.
  var reason = ""

  /// Notes that the one at `path` is not taken.
  mutating func refuse(_ path: @autoclosure () -> String, _ reason: @autoclosure () -> String) {
    if refused == 0 { self.reason = "\(path()): \(reason())" }
    refused += 1
  }
}

/// What is wrong with one element of a request.
struct OTLPElementFault: Error {
  /// `traceId`; a path where it is further in.
  var field: String
  var reason: String
  /// True when the whole request cannot be read as it is; false when the others can be taken without this one.
  var spoilsRequest = false

  static func time(_ field: String) -> OTLPElementFault {
    OTLPElementFault(field: field, reason: "must be nanoseconds before the year 2262")
  }
}

/// How far a paste has come in.
enum Paste: Equatable {
  case none
  /// What was pasted so far.
  case gathering(String)
  /// Its end did not come in time: what was there is handed on, and the rest of it is dropped.
  case breaking

  mutating func append(_ scalar: Unicode.Scalar) {
    guard case .gathering(var text) = self else { return }
    self = .none  // so that the text is not copied for each letter
    text.unicodeScalars.append(scalar)
    self = .gathering(text)
  }
}

extension String {
  /// What stands between the separators, without what is empty. As `split` has it, but byte by byte: a request is taken
  /// apart several times, and to find its characters costs more than everything else that is done with it.
  func words(between separator: Unicode.Scalar) -> [Substring] {
    utf8.split { $0 == separator.value }.map { Substring($0) }
  }
}

// YAMLReading: a YAML file read strictly, every mistake in it a value that says where, what is wrong and what is allowed.
// It never opens a file, never stops at the first mistake, and knows nothing of what the files are about.

/// A place in a file.
public struct YAMLPosition: Hashable, Sendable, Comparable {
  /// Counted from 1.
  public let line: Int
  /// Counted from 1, in Unicode scalars.
  public let column: Int

  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  public static func < (left: YAMLPosition, right: YAMLPosition) -> Bool {
    (left.line, left.column) < (right.line, right.column)
  }
}

/// One thing to say about a file, in a sentence that a person can act on.
public struct YAMLFinding: Error, Hashable, Sendable, CustomStringConvertible {
  /// As it was given: a path, or a name.
  public let file: String
  /// Nil where it is about the whole file.
  public let position: YAMLPosition?
  /// What is wrong, and what is allowed.
  public let message: String

  public init(file: String, position: YAMLPosition?, message: String) {
    self.file = file
    self.position = position
    self.message = message
  }

  /// `application.yml:12:7: …`, as compilers write it, so that editors find the place.
  public var description: String {
    guard let position else { return "\(file): \(message)" }
    return "\(file):\(position.line):\(position.column): \(message)"
  }
}

/// Everything that was found while a file was read.
public final class YAMLReport {
  public let file: String
  private var collectedErrors: [YAMLFinding] = []
  private var collectedWarnings: [YAMLFinding] = []

  /// - Parameter file: what the file is called in what is said of it.
  public init(file: String) {
    self.file = file
  }

  /// What keeps the file from being used, in the order of the file.
  public var errors: [YAMLFinding] { Self.inOrder(collectedErrors) }

  /// What is not as it may be meant, in the order of the file.
  public var warnings: [YAMLFinding] { Self.inOrder(collectedWarnings) }

  public var hasErrors: Bool { !collectedErrors.isEmpty }

  public func error(_ message: String, at position: YAMLPosition?) {
    note(message, at: position, in: &collectedErrors)
  }

  public func warn(_ message: String, at position: YAMLPosition?) {
    note(message, at: position, in: &collectedWarnings)
  }

  /// What is read twice, through an alias or a base, is said once.
  private func note(_ message: String, at position: YAMLPosition?, in findings: inout [YAMLFinding]) {
    let finding = YAMLFinding(file: file, position: position, message: message)
    if !findings.contains(finding) { findings.append(finding) }
  }

  private static func inOrder(_ findings: [YAMLFinding]) -> [YAMLFinding] {
    findings.enumerated().sorted { left, right in
      let (first, second) = (left.element.position, right.element.position)
      if first == second { return left.offset < right.offset }
      guard let first else { return true }
      guard let second else { return false }
      return first < second
    }.map(\.element)
  }
}

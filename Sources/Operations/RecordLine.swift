public import EventBus
public import TraceModel

/// One record of a topic, as a screen shows it.
public struct RecordLine: Sendable, Equatable, Codable {
  public var partition: Int
  public var offset: Int64
  /// Nanoseconds since the Unix epoch.
  public var time: Int64
  /// Read as UTF-8; empty when it has none.
  public var key: String
  /// What kind of event it is, where its headers say so.
  public var type: String
  public var gtxid: GTXID?
  public var ltxid: LTXID?
  /// In their order, those that carry the transaction included.
  public var headers: [Header]
  /// Read as UTF-8.
  public var payload: String
  public var bytes: Int
  /// Nil for a record that was not put aside.
  public var letter: DeadLetterLine?

  public struct Header: Sendable, Equatable, Codable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public init(partition: Int, offset: Int64, time: Int64, key: String = "", payload: String = "") {
    self.partition = partition
    self.offset = offset
    self.time = time
    self.key = key
    type = ""
    headers = []
    self.payload = payload
    bytes = 0
  }

  /// Whether it has all of these words somewhere: in its type, key, transaction, headers or payload.
  public func has(_ words: [String]) -> Bool {
    guard !words.isEmpty else { return true }
    var text =
      "\(type)\n\(key)\n\(payload)\n\(gtxid?.hex ?? "")\n\(letter?.reason ?? "")\n\(letter?.state.rawValue ?? "")"
    for header in headers { text += "\n\(header.value)" }
    text = text.lowercased()
    return words.allSatisfy { text.contains($0) }
  }
}

/// Why a record was put aside, and what became of it.
public struct DeadLetterLine: Sendable, Equatable, Codable {
  /// The topic that it came from.
  public var topic: String
  /// Its place there.
  public var offset: Int64
  public var reason: String
  /// How often it was tried.
  public var deliveries: Int
  /// Who gave it up; empty when nobody is named.
  public var group: String
  public var state: DeadLetterState

  public init(
    topic: String, offset: Int64, reason: String, deliveries: Int, group: String, state: DeadLetterState = .open
  ) {
    self.topic = topic
    self.offset = offset
    self.reason = reason
    self.deliveries = deliveries
    self.group = group
    self.state = state
  }
}

/// Which records are wanted; what is nil or empty lets everything through.
public struct RecordFilter: Sendable, Equatable, Codable {
  public var topic: String
  public var partition: Int?
  /// Words between blanks, compared without case: a record must have all of them somewhere.
  public var text: String
  /// Nanoseconds since the Unix epoch: nothing newer.
  public var until: Int64?

  public init(topic: String, partition: Int? = nil, text: String = "", until: Int64? = nil) {
    self.topic = topic
    self.partition = partition
    self.text = text
    self.until = until
  }

  /// The topic whose records were put aside into this one; nil when it is no topic of dead letters.
  public var lettersOf: String? {
    topic.hasSuffix(".DLT") && topic.utf8.count > 4 ? String(topic.dropLast(4)) : nil
  }

  /// The words of ``text``, in small letters.
  public var words: [String] { text.lowercased().split(separator: " ").map(String.init) }
}

/// What was found in a topic so far.
public struct RecordAnswer: Sendable, Equatable, Codable {
  /// The newest that the filter lets through, oldest first.
  public var lines: [RecordLine]
  /// Records that were looked at, and those that there are.
  public var searched: Int64 = 0
  public var kept: Int64 = 0
  /// False while records that were not looked at may belong to the lines.
  public var isComplete = true

  public init(_ lines: [RecordLine] = []) {
    self.lines = lines
  }
}

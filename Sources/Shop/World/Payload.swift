internal import Foundation

/// What calls and events say: a JSON object of texts, whole numbers, truths, such objects, and lists
/// of objects or texts.
///
/// Fields stand in the order of their names, so that the same content is the same bytes. Services name fields by the typed
/// properties of `Payload+Fields.swift`, each of which is nil where the field is missing or of another type.
struct Payload: Sendable, Equatable {
  enum Value: Sendable, Equatable {
    case text(String)
    case number(Int64)
    case truth(Bool)
    case object(Payload)
    case objects([Payload])
    case texts([String])
  }

  struct Field: Sendable, Equatable {
    var name: String
    var value: Value
  }

  /// In the order of their names.
  private(set) var fields: [Field] = []

  init() {}

  subscript(name: String) -> Value? {
    get { fields.first { $0.name == name }?.value }
    set {
      let place = fields.firstIndex { $0.name >= name } ?? fields.count
      let isThere = place < fields.count && fields[place].name == name
      switch (newValue, isThere) {
      case (let value?, true): fields[place].value = value
      case (let value?, false): fields.insert(Field(name: name, value: value), at: place)
      case (nil, true): fields.remove(at: place)
      case (nil, false): break
      }
    }
  }

  func text(_ name: String) -> String? {
    guard case .text(let text) = self[name] else { return nil }
    return text
  }

  func number(_ name: String) -> Int64? {
    guard case .number(let number) = self[name] else { return nil }
    return number
  }

  func truth(_ name: String) -> Bool? {
    guard case .truth(let truth) = self[name] else { return nil }
    return truth
  }

  func object(_ name: String) -> Payload? {
    guard case .object(let object) = self[name] else { return nil }
    return object
  }

  func objects(_ name: String) -> [Payload]? {
    guard case .objects(let objects) = self[name] else { return nil }
    return objects
  }

  // MARK: JSON

  /// Without blanks, the fields in the order of their names.
  var json: [UInt8] {
    var writer = PlainJSONWriter()
    writer.add(self)
    return writer.finished()
  }

  /// Several of these are written and read for each transaction, so the plain form is read here, without the machinery of
  /// `Codable`; what is not plain is left to it. A field whose value is null counts as missing.
  /// - Returns: nil when the bytes are no JSON object, or hold what a payload cannot.
  init?(json: [UInt8]) {
    if let payload = Self.plain(json) {
      self = payload
    } else if let payload = try? JSONDecoder().decode(Payload.self, from: Data(json)) {
      self = payload
    } else {
      return nil
    }
  }

  /// What ``json`` writes; nil for anything else, JSON or not.
  static func plain(_ json: [UInt8]) -> Payload? {
    var reader = PlainJSONReader(json)
    guard let payload = reader.object(), reader.isAtEnd else { return nil }
    return payload
  }
}

extension Payload: Decodable {
  private struct Name: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }

  init(from decoder: any Decoder) throws {
    let object = try decoder.container(keyedBy: Name.self)
    for name in object.allKeys where try !object.decodeNil(forKey: name) {
      self[name.stringValue] = try object.decode(Value.self, forKey: name)
    }
  }
}

extension Payload.Value: Decodable {
  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let truth = try? value.decode(Bool.self) {
      self = .truth(truth)
    } else if let number = try? value.decode(Int64.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else if let objects = try? value.decode([Payload].self) {
      self = .objects(objects)
    } else if let texts = try? value.decode([String].self) {
      self = .texts(texts)
    } else {
      self = .object(try value.decode(Payload.self))
    }
  }
}

internal import OTLPMessages

// What traces, logs and metrics have in common.
extension OTLPJSONReader {
  mutating func resource() throws(JSONFault) -> OTLP.Resource {
    var resource = OTLP.Resource()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "attributes": resource.attributes = try attributes()
      case "droppedAttributesCount": resource.droppedAttributesCount = try json.whole()
      default: try json.skip()
      }
    }
    return resource
  }

  mutating func scope() throws(JSONFault) -> OTLP.Scope {
    var scope = OTLP.Scope()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "name": scope.name = try json.text()
      case "version": scope.version = try json.text()
      case "attributes": scope.attributes = try attributes()
      case "droppedAttributesCount": scope.droppedAttributesCount = try json.whole()
      default: try json.skip()
      }
    }
    return scope
  }

  mutating func attributes() throws(JSONFault) -> [OTLP.Attribute] {
    try list { (reader) throws(JSONFault) in try reader.attribute() }
  }

  private mutating func attribute() throws(JSONFault) -> OTLP.Attribute {
    var attribute = OTLP.Attribute()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "key": attribute.key = try json.text()
      case "value": attribute.value = try value()
      default: try json.skip()
      }
    }
    return attribute
  }

  mutating func value() throws(JSONFault) -> OTLP.Value {
    var value = OTLP.Value()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "stringValue": value.value = .stringValue(try json.text())
      case "intValue": value.value = .intValue(try json.whole())
      case "boolValue": value.value = .boolValue(try json.boolean())
      case "doubleValue": value.value = .doubleValue(try json.real())
      case "bytesValue": value.value = .bytesValue(try bytes())
      case "arrayValue":
        var list = OTLP.ValueList()
        list.values = try values { (reader) throws(JSONFault) in try reader.value() }
        value.value = .arrayValue(list)
      case "kvlistValue":
        var map = OTLP.ValueMap()
        map.values = try values { (reader) throws(JSONFault) in try reader.attribute() }
        value.value = .kvlistValue(map)
      default: try json.skip()
      }
    }
    return value
  }

  /// An object with nothing but `values`.
  private mutating func values<Element>(
    _ element: (inout OTLPJSONReader) throws(JSONFault) -> Element
  ) throws(JSONFault) -> [Element] {
    var values: [Element] = []
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "values": values = try list(element)
      default: try json.skip()
      }
    }
    return values
  }
}

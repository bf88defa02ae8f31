internal import TraceModel

/// What the rows of a call tree show of a span's attributes, found in one walk over them. Of several attributes with one
/// name the first counts.
struct RowFacts {
  private(set) var subject: AttributeValue?
  private(set) var state: AttributeValue?
  private(set) var status: AttributeValue?
  private(set) var undoes: AttributeValue?
  private(set) var attempt: AttributeValue?
  private(set) var attempts: AttributeValue?
  private(set) var topic: AttributeValue?
  private(set) var partition: AttributeValue?
  private(set) var offset: AttributeValue?
  private(set) var hasFilters = false

  init(_ span: borrowing TraceSpan) {
    let attributes = span.attributes
    for place in attributes.indices where Self.mayBeKnown(attributes[place].name) {
      let value = attributes[place].value
      switch attributes[place].name {
      case AttributeName.subject: subject = subject ?? value
      case AttributeName.state: state = state ?? value
      case AttributeName.httpStatus: status = status ?? value
      case AttributeName.undoes: undoes = undoes ?? value
      case AttributeName.attempt: attempt = attempt ?? value
      case AttributeName.attempts: attempts = attempts ?? value
      case AttributeName.topic: topic = topic ?? value
      case AttributeName.partition: partition = partition ?? value
      case AttributeName.offset: offset = offset ?? value
      case AttributeName.filters: hasFilters = true
      default: break
      }
    }
  }

  /// Lets through what is known and little else: most attributes are not, and ten comparisons for each of them cost more
  /// than the rest of its row.
  private static func mayBeKnown(_ name: String) -> Bool {
    switch name.utf8.first {
    case UInt8(ascii: "o"): name.utf8.count == AttributeName.subject.utf8.count
    case UInt8(ascii: "e"): name.utf8.count == AttributeName.state.utf8.count
    case UInt8(ascii: "h"): name.utf8.count == AttributeName.httpStatus.utf8.count
    case UInt8(ascii: "s"): name.utf8.count == AttributeName.undoes.utf8.count
    case UInt8(ascii: "r"), UInt8(ascii: "m"), UInt8(ascii: "g"): true
    default: false
    }
  }
}

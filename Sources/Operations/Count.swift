/// Numbers in sentences, written as they are on the screen: `1,204 records`.
public enum Count {
  /// `1,204`
  public static func grouped(_ value: some BinaryInteger) -> String {
    let digits = Array(String(value.magnitude))
    var text = value < 0 ? "−" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// `1 record`, `1,204 records`
  public static func of(_ value: some BinaryInteger, _ noun: String) -> String { of(value, noun, noun + "s") }

  /// `1 entry`, `1,204 entries`
  public static func of(_ value: some BinaryInteger, _ one: String, _ many: String) -> String {
    "\(grouped(value)) \(value == 1 ? one : many)"
  }
}

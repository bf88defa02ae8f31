import Testing

@testable import Connectors

struct JSONWholeNumberTests {
  private func digits(_ number: String) -> String? {
    Array(number.utf8).withUnsafeBufferPointer { JSONWholeNumber.digits(of: $0) }
      .map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: [
    ("1e3", "1000"), ("1000.0", "1000"), ("1E+3", "1000"), ("1200e-2", "12"), ("1.25e2", "125"), ("-2.0", "-2"),
    ("0", "0"), ("0.000", "0"), ("-0.0e5", "0"), ("0e999999999999", "0"), ("0.001e3", "1"), ("10", "10"),
    // A Double would make …992 and …808 of them.
    ("9007199254740993.0", "9007199254740993"), ("9223372036854775807.00", "9223372036854775807"),
    ("1.8446744073709551615e19", "18446744073709551615"), ("-9223372036854775808.0", "-9223372036854775808"),
  ])
  func allDigitsOfAWholeNumberAreKept(number: String, whole: String) {
    #expect(digits(number) == whole)
  }

  @Test(arguments: ["0.5", "1.5e0", "1e-1", "12e-2", "1e30", "1e999999999999", "1e-999999999999", "1e2147483647"])
  func whatIsNotWholeOrTooLongIsNone(number: String) {
    #expect(digits(number) == nil)
  }
}

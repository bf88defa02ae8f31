import Testing

@testable import Platform

/// Spring Boot's `DurationStyle`: SIMPLE and ISO8601.
@Suite struct SpringDurationTests {
  @Test(arguments: [
    ("10s", 10_000_000_000), ("500ms", 500_000_000), ("1m", 60_000_000_000), ("500", 500_000_000), ("0", 0),
    ("2h", 7_200_000_000_000), ("1d", 86_400_000_000_000), ("7ns", 7), ("7us", 7_000), ("10S", 10_000_000_000),
    ("-5s", -5_000_000_000), ("+5s", 5_000_000_000), (" 10s ", 10_000_000_000), ("PT10S", 10_000_000_000),
    ("pt1m30s", 90_000_000_000), ("PT0.5S", 500_000_000), ("P1DT2H", 93_600_000_000_000), ("-PT1S", -1_000_000_000),
    ("PT-1.5S", -1_500_000_000), ("P2D", 172_800_000_000_000), ("PT1H", 3_600_000_000_000),
  ])
  func isRead(text: String, nanoseconds: Int64) {
    #expect(SpringDuration.nanoseconds(text) == nanoseconds)
  }

  @Test(arguments: [
    "", "s", "1.5s", "10 s", "10sec", "PT", "P", "PT1S1M", "P1H", "PT1D", "PT1.5M", "ten", "10s5ms", "PT0.1234567890S",
    "--5s", "PTT1S", "PT--1S", "PT1.-1S", "PT1.+1S", "1\u{301}s", "\u{661}s",
  ])
  func isNone(text: String) {
    #expect(SpringDuration.nanoseconds(text) == nil)
  }

  private static let tooLong: [(String, Int64)] = [
    ("106752d", .max), ("99999999999d", .max), ("99999999999999999999999s", .max), ("-99999999999d", -Int64.max),
    ("PT9223372036.999999999S", .max), ("PT-9223372036.999999999S", .min), ("-PT-9223372036.854775808S", .max),
    ("P106751DT23H47M16.854775808S", .max), ("P99999999999D", .max), ("P99999999999DT99999999999H", .max),
  ]

  @Test(arguments: tooLong) func whatDoesNotFitIsTheNearestThatDoes(text: String, nanoseconds: Int64) {
    #expect(SpringDuration.nanoseconds(text) == nanoseconds)
  }
}

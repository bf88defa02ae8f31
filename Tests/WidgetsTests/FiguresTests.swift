import Drawing
import Testing
import Widgets

@Suite struct FigureTexts {
  @Test(arguments: [(0, "0"), (999, "999"), (1204, "1,204"), (-28_000, "−28,000"), (1_234_567, "1,234,567")])
  func counts(value: Int, text: String) {
    #expect(Figures.count(value).text == text)
  }

  @Test(arguments: [
    (0, "0"), (7, "7"), (999, "999"), (1000, "1.0k"), (1204, "1.2k"), (9949, "9.9k"), (9950, "10k"), (12_345, "12k"),
    (999_499, "999k"), (999_500, "1.0M"), (3_400_000, "3.4M"), (-1204, "−1.2k"), (5_000_000_000, "5.0G"),
  ])
  func shortCounts(value: Int, text: String) {
    #expect(Figures.short(value).text == text)
    #expect(Figures.short(value).text.count <= 5)
  }

  @Test(arguments: [
    (0, "0/s"), (0.04, "0.0/s"), (0.3, "0.3/s"), (9, "9.0/s"), (9.94, "9.9/s"), (9.96, "10/s"), (10.4, "10/s"),
    (214, "214/s"), (999.6, "1.0k/s"), (1234, "1.2k/s"), (.infinity, "–"), (.nan, "–"), (-4.1, "−4.1/s"),
  ])
  func rates(value: Double, text: String) {
    #expect(Figures.rate(value).text == text)
  }

  @Test(arguments: [
    (0, "0.0 %"), (0.0001, "<0.1 %"), (0.0005, "0.1 %"), (0.004, "0.4 %"), (0.976, "97.6 %"), (0.9994, "99.9 %"),
    (0.9996, "100 %"), (1, "100 %"), (.nan, "–"), (-0.02, "−2.0 %"),
  ])
  func percentages(value: Double, text: String) {
    #expect(Figures.percent(value).text == text)
  }

  @Test func limitsAreWhole() {
    #expect(Figures.percent(0.5, isWhole: true).text == "50 %")
  }

  @Test(
    arguments: [
      (0, "0 ms"), (1000, "<0.01 ms"), (310_000, "0.31 ms"), (994_000, "0.99 ms"), (996_000, "1 ms"),
      (3_000_000, "3 ms"),
      (84_400_000, "84 ms"), (999_400_000, "999 ms"), (999_600_000, "1.00 s"), (2_070_000_000, "2.07 s"),
      (9_994_000_000, "9.99 s"), (9_996_000_000, "10.0 s"), (26_100_000_000, "26.1 s"), (59_940_000_000, "59.9 s"),
      (59_960_000_000, "1m 00s"), (252_000_000_000, "4m 12s"), (3_600_000_000_000, "1 h"),
      (7_080_000_000_000, "1h 58m"),
      (7_200_000_000_000, "2 h"), (180_000_000_000_000, "2 d"), (-28_000_000_000, "−28.0 s"), (.min, "−>999 d"),
    ] as [(Int64, String)])
  func durations(nanoseconds: Int64, text: String) {
    #expect(Figures.duration(nanoseconds).text == text)
  }

  @Test(
    arguments: [
      (0, "0 s"), (28_900_000_000, "28 s"), (60_000_000_000, "1 m"), (7_200_000_000_000, "2 h"),
      (604_800_000_000_000, "7 d"),
    ] as [(Int64, String)])
  func ages(nanoseconds: Int64, text: String) {
    #expect(Figures.age(nanoseconds).text == text)
  }

  @Test func differencesHaveASign() {
    #expect(Figures.offset(3_000_000).text == "+3 ms")
    #expect(Figures.offset(-3_000_000).text == "−3 ms")
    #expect(Figures.distance(-28_400_000_000).text == "−28 s")
    #expect(Figures.distance(240_000_000_000).text == "+4 m")
  }

  @Test(arguments: [
    (0, "0 B"), (999, "999 B"), (1000, "1.0 KB"), (9_949, "9.9 KB"), (9_960, "10 KB"), (181_000_000, "181 MB"),
    (999_600_000, "1.0 GB"), (-4, "0 B"), (.max, "9.2 EB"),
  ])
  func sizes(bytes: Int, text: String) {
    #expect(Figures.size(bytes: bytes).text == text)
  }

  @Test func fractionsAndIdentifiers() {
    #expect(Figures.fraction(2, of: 2).text == "2/2")
    #expect(Figures.fraction(1, of: 3, unit: "trial") == Figure("1/3", unit: " trial"))
    #expect(Figures.shortID("8f3a91c07b5e44d2a6f0c3d91e7721c9") == "8f3a…21c9")
    #expect(Figures.shortID("8f3a91c07") == "8f3a91c07")
    #expect(Figures.shortID("\u{1B}[2J") == "^[[2J")
  }

  @Test func clocks() {
    let moment: Int64 = 1_795_269_807_336_999_999  // 14:03:27.336 in Greenwich, 20,778 days after the epoch
    #expect(Figures.clock(moment) == "14:03:27")
    #expect(Figures.clock(moment, precision: .tenths) == "14:03:27.3")
    #expect(Figures.clock(moment, precision: .milliseconds) == "14:03:27.336")
    #expect(Figures.clock(moment, zoneOffset: 32_400) == "23:03:27")
    #expect(Figures.clock(moment, zoneOffset: -54_000) == "23:03:27")
    #expect(Figures.clock(0, zoneOffset: -1) == "23:59:59")
    #expect(Figures.clock(5_000_000, precision: .milliseconds) == "00:00:00.005")
    #expect(Figures.clock(-1) == "23:59:59")
  }

  @Test func severityIsQuietUntilItMeansSomething() {
    #expect([0, 0.009, 0.01, 0.05].map(Severity.errors.ink) == [.faint, .text, .degraded, .failing])
    #expect([99, 100, 1000].map(Severity.latencyMilliseconds.ink) == [.text, .degraded, .failing])
    #expect([0.69, 0.7, 0.9].map(Severity.saturation.ink) == [.text, .degraded, .failing])
    #expect(Severity.errors.isBad(0.05) && !Severity.errors.isBad(0.049))
  }
}

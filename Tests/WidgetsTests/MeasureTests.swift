import Drawing
import Testing
import Widgets

struct MeasureTests {
  @Test(arguments: [
    (0.0, "", false, "0"), (0.004, "", false, "0.004"), (-0.0012, "", false, "−0.001"), (0.0001, "1", false, "<0.001"),
    (999.999, "", false, "1.0k"), (31.25, "", true, "31.3/s"), (4, "{connection}", false, "4 {connection}"),
    (12_345_678, "By", false, "12 MB"), (3_100_000, "By", true, "3.1 MB/s"), (0.012, "s", false, "12 ms"),
    (250, "ms", false, "250 ms"), (0.5, "", false, "0.5"), (7.5, "s", true, "7.5/s"),
    (.infinity, "", false, "–"), (.nan, "By", true, "–"), (-5, "By", false, "−5 By"),
  ]) func aMeasurementIsWrittenInItsUnit(value: Double, unit: String, isRate: Bool, expected: String) {
    let text = Figures.measure(value, unit: unit, isRate: isRate).text
    #expect(text == expected)
  }

  @Test(arguments: [1e19, -1e19, 1e300, .leastNonzeroMagnitude, Double(Int.max)]) func nothingIsTooLargeToBeWritten(
    value: Double
  ) {
    for unit in ["", "By", "s", "{request}"] {
      #expect(!Figures.measure(value, unit: unit, isRate: false).text.isEmpty)
      var canvas = Canvas(size: Size(columns: 8, rows: 1))
      Pulse([value, 1, -value]).draw(on: &canvas, x: 0, y: 0, width: 8)
    }
  }
}

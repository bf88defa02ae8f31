import Testing

@testable import Dashboard

struct TimeAxisTests {
  @Test func theWindowStaysWithinTheWhole() {
    var axis = TimeAxis()
    #expect(axis.window(of: 1_000) == (0, 1_000))
    #expect(!axis.isZoomed && !axis.pan(later: true))
    axis.zoom(in: true, around: 0.9)
    #expect(axis.window(of: 1_000) == (500, 1_000))
    #expect(axis.pan(later: true) && axis.window(of: 1_000) == (500, 1_000))
    #expect(axis.pan(later: false) && axis.window(of: 1_000) == (375, 875))
    axis.zoom(in: true, around: 0)
    #expect(axis.window(of: 1_000) == (0, 250))
    for _ in 0..<40 { axis.zoom(in: true, around: 0.3) }
    #expect(axis.factor == TimeAxis.deepest)
    for _ in 0..<40 { axis.zoom(in: false, around: 0.3) }
    #expect(axis == TimeAxis())
    #expect(axis.window(of: 0) == (0, 1) && axis.window(of: .max).to > 0)
  }
}

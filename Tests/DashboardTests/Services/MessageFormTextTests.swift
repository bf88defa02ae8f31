import Drawing
import Operations
import Testing

@testable import Dashboard

/// Where one sees what the messages of an edge come to in each form.
@Suite struct MessageFormTextTests {
  private static let forms = [
    MessageFormSnapshot(name: "protobuf", bytes: 26, time: 912),
    MessageFormSnapshot(name: "JSON", bytes: 112, time: 4_140),
  ]

  private func snapshot(_ base: SystemSnapshot) throws -> SystemSnapshot {
    var snapshot = base
    let index = try #require(snapshot.services.firstIndex { $0.name == "payment" })
    snapshot.services[index].calls[0].messages = Self.forms
    return snapshot
  }

  @Test func theCallsOutOfAServiceSayBoth() throws {
    var stage = PageStage(ServicesPage(), try snapshot(IncidentFixture.snapshot()), columns: 160, rows: 50)
    #expect(!PageStage(ServicesPage(), columns: 160, rows: 50).picture().contains("protobuf"))
    stage.press("j Enter")
    #expect(stage.picture().contains("protobuf 26 B, 0.9 µs · as JSON 112 B, 4.1 µs"))
  }

  @Test func soDoesTheArrowOnTheMap() throws {
    let stage = PageStage(MapPage(), try snapshot(MapFixture.snapshot()), columns: 200, rows: 60)
    let graph = MapGraph(stage.context.snapshot)
    func sentence(_ from: String, _ to: String) throws -> String {
      let arrow = try #require(
        graph.edges.firstIndex {
          graph.things[$0.from] == .service(from) && graph.things[$0.to] == .service(to) && $0.flow == .call
        })
      var canvas = Canvas(columns: 160, rows: 2)
      MapSentence(graph: graph, context: stage.context, place: nil, arrow: arrow).draw(on: &canvas, in: canvas.bounds)
      return canvas.lines.joined(separator: " ")
    }
    let told = try sentence("payment", "payment-gateway")
    #expect(told.contains("protobuf 26 B, 0.9 µs") && told.contains("as JSON 112 B, 4.1 µs"))
    #expect(try !sentence("gateway", "order").contains("JSON"))
  }

  @Test func asciiHasALetterForIt() throws {
    let stage = PageStage(
      ServicesPage(), try snapshot(IncidentFixture.snapshot()), columns: 160, rows: 50, glyphs: .ascii)
    var opened = stage
    opened.press("j Enter")
    #expect(opened.picture().contains("protobuf 26 B, 0.9 us"))
  }
}

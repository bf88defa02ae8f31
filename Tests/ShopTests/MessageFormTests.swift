import Operations
import Testing
import TraceModel

@testable import Shop

/// What the call from order to search comes to as JSON and as protobuf: bytes, and the time to write and to read them.
@Suite struct MessageFormTests {
  private typealias Form = ProductsInfoSettings.Form

  /// Two orders, and the spans of their checks.
  private func checks(_ form: Form) throws -> (stage: Stage, spans: [TraceSpan]) {
    let stage = Stage { $0.productsInfo.form = form }
    let ids = [stage.order("sku-02"), stage.order("sku-31")]
    return (stage, try ids.map { id in try #require(stage.spans(id).first { $0.operation == "check the product" }) })
  }

  private func time(_ name: String, _ span: TraceSpan) -> Int64? {
    guard case .integer(let time) = span[attribute: name] else { return nil }
    return time
  }

  /// The very same run but for the form: all that it takes longer is what the model says of JSON.
  @Test func theTimeIsPartOfTheCall() throws {
    let (json, protobuf) = (try checks(.json).spans, try checks(.protobuf).spans)
    for (slow, fast) in zip(json, protobuf) {
      let sizes = try #require(MessageSizes(slow))
      #expect(MessageSizes(fast) == sizes && sizes.jsonTime > 3 * sizes.protobufTime)
      let longer = try #require(slow.duration) - (try #require(fast.duration))
      #expect(longer == sizes.jsonTime - sizes.protobufTime)
      for span in [slow, fast] {
        #expect(time(MessageSizes.timeInJSON, span) == sizes.jsonTime)
        #expect(time(MessageSizes.timeInProtobuf, span) == sizes.protobufTime)
      }
    }
  }

  @Test(arguments: [ProductsInfoSettings.Form.json, .protobuf]) func theEdgeShowsBoth(form: ProductsInfoSettings.Form)
    throws
  {
    let (stage, spans) = try checks(form)
    let snapshot = stage.snapshot()
    let call = try #require(snapshot.service(ShopPlan.order)?.calls.first { $0.callee == ShopPlan.search })
    #expect(call.messages.map(\.name) == (form == .json ? ["JSON", "protobuf"] : ["protobuf", "JSON"]))
    let sizes = try spans.map { try #require(MessageSizes($0)) }
    for shown in call.messages {
      let isJSON = shown.name == "JSON"
      let (bytes, time) = (
        sizes.map { isJSON ? $0.json : $0.protobuf }.reduce(0, +),
        sizes.map { isJSON ? $0.jsonTime : $0.protobufTime }.reduce(0, +)
      )
      #expect(abs(2 * shown.bytes - bytes) <= 1 && abs(2 * shown.time - time) <= 1)
    }
    let others = snapshot.services.flatMap(\.calls).filter { !$0.messages.isEmpty }
    #expect(others.count == 1)
  }

  @Test func nothingIsShownWhereNobodyWasAsked() {
    let stage = Stage()
    stage.order("sku-02")
    let calls = stage.snapshot().services.flatMap(\.calls)
    #expect(calls.allSatisfy { $0.messages.isEmpty })
  }

  /// The figures that the model was fitted to, within a tenth.
  @Test(arguments: [
    (SerialisationModel.json, 94, 960, 1_160), (.json, 4_060, 22_800, 34_800), (.protobuf, 18, 230, 240),
    (.protobuf, 939, 4_800, 7_300),
  ])
  func theModelFitsWhatWasMeasured(model: SerialisationModel, bytes: Int, written: Int64, read: Int64) {
    #expect(abs(model.writing.time(of: bytes) - written) < written / 10)
    #expect(abs(model.reading.time(of: bytes) - read) < read / 10)
    #expect(model.time(of: bytes) == model.writing.time(of: bytes) + model.reading.time(of: bytes))
  }
}

import Operations
import Testing

@testable import Shop

/// Crashes at a point, as they are typed.
@Suite struct CrashSpecTests {
  @Test(arguments: ["order:P2", "inventory/1:P5,nth=3,down=2s", "payment:P10,down=50ms"])
  func isTypedAsItIsWritten(text: String) throws {
    #expect("\(try CrashSpec(parsing: text))" == text)
  }

  @Test(arguments: [
    ("order", "say order:P2"), ("order:P99", "P1 to P18"), ("order:P17", "order does not pass P17; orchestrator do"),
    ("gateway:P3", "order, inventory, customer, item, orchestrator, review, shipping, legacy-shop do"),
    ("order/3:P2", "instances 1 to 2"),
    ("order:P2,nth=0", "nth=3"),
    ("order:P2,down=soon", "down=2s"), ("order:P2,often", "nth=3, down=2s"),
  ])
  func whatCannotBeTypedIsExplained(text: String, expected: String) {
    do throws(FaultSpecError) {
      _ = try CrashSpec(parsing: text)
      Issue.record("\(text) was taken")
    } catch {
      #expect(error.description.contains(expected), "\(error)")
    }
  }

  @Test func everyPointIsPassedSomewhereOrSaysWhyNot() {
    for point in CrashPoint.allCases { #expect((point.absence == nil) == !point.services.isEmpty, "\(point.name)") }
    #expect(CrashPoint.allCases.map(\.name) == (1...18).map { "P\($0)" })
  }
}

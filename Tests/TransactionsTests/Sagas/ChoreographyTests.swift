import Testing
import Transactions

@Suite struct ChoreographyTests {
  /// The checkout of the shop, as its topics have it.
  private func checkout() throws -> Choreography {
    try Choreography("checkout") {
      begins("order", does: "create order", publishes: "ORDER_CREATE")
      on("ORDER_CREATE", "inventory", does: "reserve stock", publishes: "ITEM_RESERVED", or: "ITEM_REJECTED")
      on("ITEM_RESERVED", "payment", does: "charge", publishes: "PAYMENT_COMPLETE", or: "PAYMENT_FAILED")
      on("PAYMENT_COMPLETE", "order", does: "mark paid", or: "ORDER_FAILED")
      on("ITEM_REJECTED", "order", undoes: "create order")
      on("PAYMENT_FAILED", "inventory", undoes: "reserve stock", publishes: "ITEM_RELEASED")
      on("ITEM_RELEASED", "order", undoes: "create order")
      on("ORDER_FAILED", "payment", undoes: "charge", publishes: "PAYMENT_REFUNDED")
      on("PAYMENT_REFUNDED", "inventory", undoes: "reserve stock", publishes: "ITEM_RELEASED")
    }
  }

  private func reasons(@ChoreographyBuilder _ rules: () -> [Choreography.Rule]) -> [String] {
    do {
      _ = try Choreography("t", rules)
      return []
    } catch {
      return error.reasons
    }
  }

  // MARK: On paper

  @Test func theShopsCheckoutIsComplete() throws {
    #expect(try checkout().steps == ["create order", "reserve stock", "charge", "mark paid"])
    #expect(try checkout().contains(event: "ITEM_RELEASED"))
    #expect(try !checkout().contains(event: "LOW_STOCK"))
  }

  @Test func theCreditSagaIsComplete() throws {
    let credit = try Choreography("credit") {
      begins("order", does: "new order", publishes: "OrderCreated")
      on("OrderCreated", "customer", does: "credit", publishes: "CreditReserved", or: "CreditLimitExceeded")
      on("CreditReserved", "order", does: "open order")
      on("CreditLimitExceeded", "order", undoes: "new order")
    }
    func infer(_ events: String...) -> String {
      let inference = credit.inferred(from: events)
      return "\(inference.state?.rawValue ?? "-"): \(inference.strip.text)"
    }
    #expect(infer("OrderCreated") == "RUNNING: ✓ new order … credit")
    #expect(infer("OrderCreated", "CreditReserved") == "COMPLETED: ✓ new order ✓ credit ✓ open order")
    #expect(
      infer("OrderCreated", "CreditLimitExceeded") == "ROLLED_BACK: ✓ new order ✗ credit ↺ new order")
  }

  @Test func aFailureThatNobodyHearsIsFound() {
    let reasons = reasons {
      begins("order", does: "create", publishes: "CREATED")
      on("CREATED", "stock", does: "reserve", or: "REJECTED")
    }
    #expect(reasons == ["stock publishes REJECTED, but nobody consumes it: a failure that nobody undoes anything for"])
  }

  @Test func aFailureThatUndoesTooLittleIsFound() {
    let reasons = reasons {
      begins("order", does: "create", publishes: "CREATED")
      on("CREATED", "stock", does: "reserve", publishes: "RESERVED", or: "REJECTED")
      on("RESERVED", "payment", does: "charge", or: "FAILED")
      on("REJECTED", "order", undoes: "create")
      on("FAILED", "order", undoes: "create")
    }
    #expect(
      reasons == [
        "FAILED is published when \"charge\" fails, but nothing that follows undoes \"reserve\", which stock may have done"
          + " before"
      ])
  }

  @Test func whoWorksAtTheSameTimeIsUndoneToo() {
    let reasons = reasons {
      begins("order", does: "create", publishes: "CREATED")
      on("CREATED", "stock", does: "reserve stock", or: "NO_STOCK")
      on("CREATED", "customer", does: "reserve credit", or: "NO_CREDIT")
      on("NO_STOCK", "order", undoes: "create")
      on("NO_STOCK", "customer", undoes: "reserve credit")
      on("NO_CREDIT", "order", undoes: "create")
    }
    #expect(reasons.count == 1)
    #expect(reasons.first?.contains("NO_CREDIT") == true)
    #expect(reasons.first?.contains("nothing that follows undoes \"reserve stock\"") == true)
  }

  @Test func undoingRunsInReverse() {
    let reasons = reasons {
      begins("order", does: "create", publishes: "CREATED")
      on("CREATED", "stock", does: "reserve", publishes: "RESERVED", or: "REJECTED")
      on("RESERVED", "payment", does: "charge", or: "FAILED")
      on("REJECTED", "order", undoes: "create")
      on("FAILED", "order", undoes: "create", publishes: "CANCELLED")
      on("CANCELLED", "stock", undoes: "reserve")
    }
    #expect(
      reasons == [
        "after FAILED, \"create\" is undone before \"reserve\", which was done after it: undo in reverse order"
      ])
  }

  @Test func rulesFitTogether() {
    #expect(reasons {} == ["nothing begins the saga: one step has to stand first"])
    #expect(
      reasons {
        begins("order", does: "create", publishes: "CREATED")
        begins("cart", does: "order", publishes: "CREATED2")
        on("CREATED", "x", does: "x")
        on("CREATED2", "x", does: "y")
      } == ["the saga begins 2 times: one step stands first"])
    #expect(
      reasons {
        begins("order", does: "create", publishes: "CREATED")
        on("CREATED", "stock", does: "reserve")
        on("PAID", "order", does: "close")
      } == ["order waits for PAID, but nobody publishes it"])
    #expect(
      reasons {
        begins("order", does: "create", publishes: "CREATED")
        on("CREATED", "stock", does: "reserve", or: "REJECTED")
        on("REJECTED", "stock", undoes: "create")
      } == ["stock undoes \"create\" on REJECTED, which order did: only who did it can"])
    #expect(
      reasons {
        begins("order", does: "create", publishes: "CREATED")
        on("CREATED", "stock", does: "reserve", or: "REJECTED")
        on("REJECTED", "order", undoes: "creation")
      } == ["order undoes \"creation\" on REJECTED, but no rule does it"])
  }

  @Test func circlesAndDoubleMeaningsAreFound() {
    let circle = reasons {
      begins("order", does: "create", publishes: "A")
      on("A", "x", does: "one", publishes: "B")
      on("B", "y", does: "two", publishes: "A")
    }
    #expect(circle.contains { $0.hasPrefix("A is published for \"create\" and for \"two\"") })
    let island = reasons {
      begins("order", does: "create", publishes: "A")
      on("A", "x", does: "one")
      on("B", "y", does: "two", publishes: "C")
      on("C", "z", does: "three", publishes: "B")
    }
    #expect(island == ["\"two\" leads back to itself: the saga would never end"])
    let double = reasons {
      begins("order", does: "create", publishes: "A")
      on("A", "x", does: "one", publishes: "B")
      on("B", "y", does: "create")
      on("B", "y", does: "three")
    }
    #expect(double.contains("two rules do \"create\": events could not tell them apart, rename one"))
    #expect(double.contains("y has two rules for B: say in one what it does"))
    let same = reasons {
      begins("order", does: "create", publishes: "A")
      on("A", "x", does: "one", publishes: "B", or: "B")
      on("B", "order", undoes: "create")
    }
    #expect(same.contains { $0.contains("whether it is done or fails") })
  }

  // MARK: From events

  private func infer(_ events: String) throws -> String {
    let inference = try checkout().inferred(from: events.split(separator: " ").map(String.init))
    #expect(inference.strip.isInferred)
    return "\(inference.state?.rawValue ?? "-"): \(inference.strip.text)"
  }

  @Test(arguments: [
    ("", "-: "),
    ("ORDER_CREATE", "RUNNING: ✓ create order … reserve stock"),
    ("ORDER_CREATE ITEM_RESERVED", "RUNNING: ✓ create order ✓ reserve stock … charge"),
    ("ORDER_CREATE ITEM_REJECTED", "ROLLED_BACK: ✓ create order ✗ reserve stock ↺ create order"),
    (
      "ORDER_CREATE ITEM_RESERVED PAYMENT_COMPLETE",
      "COMPLETED: ✓ create order ✓ reserve stock ✓ charge ✓ mark paid"
    ),
    (
      "ORDER_CREATE ITEM_RESERVED PAYMENT_FAILED",
      "COMPENSATING: ✓ create order ✓ reserve stock ✗ charge ↺… reserve stock"
    ),
    (
      "ORDER_CREATE ITEM_RESERVED PAYMENT_FAILED ITEM_RELEASED",
      "ROLLED_BACK: ✓ create order ✓ reserve stock ✗ charge ↺ reserve stock ↺ create order"
    ),
    (
      "ORDER_CREATE ITEM_RESERVED PAYMENT_COMPLETE ORDER_FAILED",
      "COMPENSATING: ✓ create order ✓ reserve stock ✓ charge ✗ mark paid ↺… charge"
    ),
    (
      "ORDER_CREATE ITEM_RESERVED PAYMENT_COMPLETE ORDER_FAILED PAYMENT_REFUNDED ITEM_RELEASED",
      "ROLLED_BACK: ✓ create order ✓ reserve stock ✓ charge ✗ mark paid ↺ charge ↺ reserve stock ↺ create order"
    ),
    // Delivered and published again: it says nothing new.
    (
      "ORDER_CREATE ORDER_CREATE ITEM_RESERVED ITEM_RESERVED PAYMENT_FAILED PAYMENT_FAILED ITEM_RELEASED ITEM_RELEASED",
      "ROLLED_BACK: ✓ create order ✓ reserve stock ✗ charge ↺ reserve stock ↺ create order"
    ),
  ])
  func theStateIsInferred(events: String, expected: String) throws {
    #expect(try infer(events) == expected)
  }

  @Test func whatDoesNotFitIsSaid() throws {
    let inference = try checkout().inferred(from: ["ITEM_RELEASED", "ORDER_CREATE", "LOW_STOCK"])
    #expect(inference.unexplained == ["ITEM_RELEASED", "LOW_STOCK"])
    #expect(inference.awaited == ["inventory on ORDER_CREATE"])
  }

  @Test func whoIsKnownNotToHaveActedIsAwaited() throws {
    let events = ["ORDER_CREATE", "ITEM_RESERVED", "PAYMENT_COMPLETE"]
    let waiting = try checkout().inferred(from: events, consumed: [])
    #expect(waiting.state == .running)
    #expect(waiting.awaited == ["order on PAYMENT_COMPLETE"])
    #expect(waiting.strip.text == "✓ create order ✓ reserve stock ✓ charge … mark paid")
    let done = try checkout().inferred(from: events, consumed: [("PAYMENT_COMPLETE", "order")])
    #expect(done.state == .completed)
  }
}

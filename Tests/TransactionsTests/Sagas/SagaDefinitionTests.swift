import Testing
import Transactions

/// What cannot be undone is refused when it is built, with a sentence.
@Suite struct SagaDefinitionTests {
  private typealias Action = SagaAction<Won>

  private let act = Action.command("A", to: "s")
  private let undo = Action.command("U", to: "s")

  private func reasons(@SagaBuilder<Won> _ stages: () -> [SagaStage<Won>]) -> [String] {
    do {
      _ = try SagaDefinition<Won>("t", stages)
      return []
    } catch {
      return error.reasons
    }
  }

  @Test func theCheckoutIsGood() throws {
    let names = try SagaDefinition.checkout().steps.map(\.name)
    #expect(names == ["create order", "reserve credit", "reserve stock", "charge", "ship", "approve order"])
  }

  @Test func anEmptySagaDoesNothing() {
    #expect(reasons {} == ["no step does anything: a saga needs at least one step with an action"])
    #expect(reasons { step("a") } == ["no step does anything: a saga needs at least one step with an action"])
  }

  @Test func namesTellStepsApart() {
    let reasons = reasons {
      step("a", do: act, undo: undo)
      step("a", do: act)
    }
    #expect(reasons.contains("two steps are named \"a\": replies could not tell them apart, rename one"))
    #expect(self.reasons { step("a/b", do: act) }.first?.contains("has no \"/\"") == true)
  }

  @Test func afterThePivotEverythingIsRetriable() {
    let reasons = reasons {
      step("a", do: act).pivot()
      step("b", do: act)
      step("c", do: act).retriable()
    }
    #expect(
      reasons == [
        "\"b\" comes after the pivot \"a\" and is not retriable: if it failed, the saga could go neither forward nor back"
      ])
  }

  @Test func thereIsOnePivot() {
    let reasons = reasons {
      step("a", do: act).pivot()
      step("b", do: act).pivot()
    }
    #expect(reasons == ["\"a\" and \"b\" are all pivots: there is one point of no return"])
  }

  @Test func nothingIsUndoneAfterThePivot() {
    let reasons = reasons {
      step("a", do: act).pivot()
      step("b", do: act, undo: undo).retriable()
    }
    #expect(reasons == ["\"b\" comes after the pivot \"a\" and has an undo, which would never be used"])
  }

  @Test func thePivotStandsAlone() {
    let reasons = reasons {
      parallel {
        step("a", do: act).pivot()
        step("b", do: act, undo: undo)
      }
    }
    #expect(reasons.count == 1)
    #expect(reasons[0].hasPrefix("the pivot \"a\" stands in a parallel group"))
  }

  @Test func whatCanBeLeftBehindHasAnUndo() {
    let sequential = reasons {
      step("a", do: act)
      step("b", do: act)
    }
    #expect(
      sequential == ["nothing undoes \"a\" when \"b\" fails: give it an undo, or say that it changes nothing"])
    let grouped = reasons {
      parallel {
        step("a", do: act, undo: undo)
        step("b", do: act)
      }
    }
    #expect(grouped == ["nothing undoes \"b\" when \"a\" fails: give it an undo, or say that it changes nothing"])
    #expect(
      reasons {
        step("a", do: act).changesNothing()
        step("b", do: act)
      }.isEmpty)
    #expect(
      reasons {
        step("a", do: act)
        step("b", do: act).retriable()
      }.isEmpty)
  }

  @Test func anUnknownOutcomeCanBeUndoneOrAskedFor() {
    #expect(reasons { step("a", do: act).timeout(.seconds(1)) }.first?.contains("its outcome is unknown") == true)
    #expect(reasons { step("a", do: act, undo: undo).timeout(.seconds(1)) }.isEmpty)
    #expect(reasons { step("a", do: act).pivot().timeout(.seconds(1)) }.isEmpty)
    #expect(reasons { step("a", do: act).retriable().timeout(.seconds(1)) }.isEmpty)
  }

  @Test func marksFitTheStep() {
    #expect(
      reasons { step("a", do: SagaBench.local("a")).timeout(.seconds(1)).pivot() }.first?.contains("is local") == true)
    #expect(
      reasons { step("a", do: act, undo: undo).timeout(.zero) }.first?.contains("not longer than nothing") == true)
    #expect(reasons { step("a", do: act).retriable(atMost: 0) }.first?.contains("allow one or more") == true)
    #expect(
      reasons { step("a", do: act).retriable(backOff: .exponential(from: .zero)) }.first?.contains("back-off") == true)
    #expect(reasons { step("a", do: act, undo: undo).changesNothing() }.first?.contains("one of the two") == true)
    let lame = reasons {
      step("a", do: act, undo: undo)
      step("b").pivot()
    }
    #expect(lame.first?.contains("\"b\" has no action") == true)
    let empty = reasons {
      step("a", do: act)
      parallel {}
    }
    #expect(empty == ["a parallel group has no steps: leave it out"])
  }

  @Test func everythingThatIsWrongIsSaidAtOnce() {
    #expect(throws: InvalidSagaDefinition.self) {
      try SagaDefinition<Won>("") {
        step("a", do: act)
        step("a", do: act).pivot()
        step("b", do: act, undo: undo)
      }
    }
    let error = #expect(throws: InvalidSagaDefinition.self) { try SagaDefinition<Won>("none") {} }
    #expect(error?.description == "saga \"none\": no step does anything: a saga needs at least one step with an action")
  }

  @Test func waitsGrowUpToTheLongest() {
    let backOff = SagaBackOff.exponential(from: .milliseconds(500), factor: 2, upTo: .seconds(3))
    #expect((1...5).map { backOff.wait(after: $0) / 1_000_000 } == [500, 1000, 2000, 3000, 3000])
    #expect(SagaBackOff.exponential(upTo: .seconds(Int64.max)).wait(after: 1000) == .max)
  }
}

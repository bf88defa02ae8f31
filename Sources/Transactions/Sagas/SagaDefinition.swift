public import GRDB

/// A saga as the business tells it: what is done in which order, and what undoes it.
///
/// ```swift
/// try SagaDefinition<Checkout>("checkout") {
///   step("create order", do: .command("CreateOrder", to: "order"), undo: .command("CancelOrder", to: "order"))
///   parallel {
///     step("reserve credit", do: .command("ReserveCredit", to: "customer"), undo: .command("ReleaseCredit", to: "customer"))
///     step("reserve stock", do: .command("ReserveStock", to: "inventory"), undo: .command("ReleaseStock", to: "inventory"))
///   }
///   step("charge", do: .command("Charge", to: "payment")).pivot().timeout(.seconds(5))
///   step("ship", do: .command("Ship", to: "shipping")).retriable()
///   step("approve order", do: .command("ApproveOrder", to: "order")).retriable()
/// }
/// ```
/// The steps before the pivot are compensatable, those after it retriable (Richardson, "Microservices Patterns", 4.3.2).
/// A definition that could leave something done that nobody undoes is refused when it is built.
public struct SagaDefinition<Data: SagaData>: Sendable {
  /// Told of each new state within its transaction: RUNNING at the start, STUCK, and the end.
  public typealias StateHandler = @Sendable (SagaState, Data, Database) throws -> Void

  public let name: String
  /// In the order in which they were written.
  public let steps: [SagaStep<Data>]
  let stepNames: [String]
  /// Of each stage, which of the steps are begun together in it.
  let stages: [Range<Int>]
  let stateHandler: StateHandler?

  /// - Throws: ``InvalidSagaDefinition`` with all that is wrong.
  public init(
    _ name: String, onState stateHandler: StateHandler? = nil, @SagaBuilder<Data> _ stages: () -> [SagaStage<Data>]
  ) throws(InvalidSagaDefinition) {
    let stages = stages()
    let reasons = SagaCheck(name: name, stages: stages).reasons
    guard reasons.isEmpty else { throw InvalidSagaDefinition(saga: name, reasons: reasons) }
    self.name = name
    self.stateHandler = stateHandler
    steps = stages.flatMap(\.steps)
    stepNames = steps.map { $0.name }
    var start = 0
    self.stages = stages.map { stage in
      defer { start += stage.steps.count }
      return start..<start + stage.steps.count
    }
  }
}

/// Why a saga cannot be run.
public struct InvalidSagaDefinition: Error, Hashable, CustomStringConvertible {
  public let saga: String
  /// A sentence each: what is wrong, and what would be right.
  public let reasons: [String]

  public var description: String { "saga \"\(saga)\": " + reasons.joined(separator: "; ") }
}

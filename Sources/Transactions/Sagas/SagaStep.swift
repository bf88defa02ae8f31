/// One step of a saga. Make it with ``step(_:do:undo:)``.
public struct SagaStep<Data: SagaData>: Sendable {
  public let name: String
  /// What a narrow screen shows for the name.
  public private(set) var label: String
  let action: SagaAction<Data>?
  let undo: SagaAction<Data>?
  private(set) var condition: (@Sendable (Data) -> Bool)?
  private(set) var replyHandler: (@Sendable (inout Data, SagaReply) throws -> Void)?
  public private(set) var isPivot = false
  public private(set) var leavesNothing = false
  private(set) var retry: Retry?
  /// Nanoseconds.
  private(set) var timeout: Int64?

  struct Retry: Sendable {
    /// Attempts after the first one.
    let limit: Int
    let backOff: SagaBackOff
  }

  init(_ name: String, action: SagaAction<Data>?, undo: SagaAction<Data>?) {
    self.name = name
    label = name
    self.action = action
    self.undo = undo
  }

  /// The point of no return: before it everything can be undone, after it the saga only goes forward.
  public func pivot() -> SagaStep { with { $0.isPivot = true } }

  /// A refusal, and an answer that does not come, are followed by another attempt. When none is left, the saga is STUCK.
  /// - Parameter limit: attempts after the first one.
  public func retriable(atMost limit: Int = 10, backOff: SagaBackOff = .exponential()) -> SagaStep {
    with { $0.retry = Retry(limit: limit, backOff: backOff) }
  }

  /// Without a reply in this time the outcome is unknown. A retriable step, and a pivot that nothing undoes, are then
  /// asked again under the same request id; any other is undone, as if it had happened.
  public func timeout(_ duration: Duration) -> SagaStep { with { $0.timeout = duration.wholeNanoseconds } }

  /// The step is passed over when `condition` is false at the moment when its turn comes.
  public func when(_ condition: @escaping @Sendable (Data) -> Bool) -> SagaStep { with { $0.condition = condition } }

  /// Takes over what a reply to the action says, be it a success or a refusal. What it throws goes up to the caller,
  /// whose transaction is rolled back: the reply is delivered again.
  public func onReply(_ handler: @escaping @Sendable (inout Data, SagaReply) throws -> Void) -> SagaStep {
    with { $0.replyHandler = handler }
  }

  /// The action only asks: there is nothing to undo.
  public func changesNothing() -> SagaStep { with { $0.leavesNothing = true } }

  public func shown(as label: String) -> SagaStep { with { $0.label = label } }

  private func with(_ change: (inout SagaStep) -> Void) -> SagaStep {
    var step = self
    change(&step)
    return step
  }

  /// It may say no, and then what went before has to be undone.
  var canFail: Bool { action != nil && retry == nil }
}

/// One step. Without an action it is passed over; with nothing but an undo it stands for what was done before the saga
/// began.
public func step<Data: SagaData>(
  _ name: String, do action: SagaAction<Data>? = nil, undo: SagaAction<Data>? = nil
) -> SagaStep<Data> {
  SagaStep(name, action: action, undo: undo)
}

/// Steps that are begun together. The saga goes on when all have answered. When one refuses, the others are waited for,
/// and what they did is undone, the last one first.
public func parallel<Data: SagaData>(@SagaGroupBuilder<Data> _ steps: () -> [SagaStep<Data>]) -> SagaStage<Data> {
  SagaStage(steps: steps(), isGroup: true)
}

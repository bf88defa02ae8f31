/// Steps that are begun together; most often one.
public struct SagaStage<Data: SagaData>: Sendable {
  let steps: [SagaStep<Data>]
  /// It was written as `parallel`.
  let isGroup: Bool
}

/// Makes the stages of a saga from lines that read like the business.
@resultBuilder
public enum SagaBuilder<Data: SagaData> {
  public static func buildExpression(_ step: SagaStep<Data>) -> [SagaStage<Data>] {
    [SagaStage(steps: [step], isGroup: false)]
  }

  public static func buildExpression(_ group: SagaStage<Data>) -> [SagaStage<Data>] { [group] }

  public static func buildBlock(_ parts: [SagaStage<Data>]...) -> [SagaStage<Data>] { parts.flatMap(\.self) }
  public static func buildOptional(_ part: [SagaStage<Data>]?) -> [SagaStage<Data>] { part ?? [] }
  public static func buildEither(first part: [SagaStage<Data>]) -> [SagaStage<Data>] { part }
  public static func buildEither(second part: [SagaStage<Data>]) -> [SagaStage<Data>] { part }
  public static func buildArray(_ parts: [[SagaStage<Data>]]) -> [SagaStage<Data>] { parts.flatMap(\.self) }
}

/// Makes the steps of a group: no group within a group.
@resultBuilder
public enum SagaGroupBuilder<Data: SagaData> {
  public static func buildExpression(_ step: SagaStep<Data>) -> [SagaStep<Data>] { [step] }

  public static func buildBlock(_ parts: [SagaStep<Data>]...) -> [SagaStep<Data>] { parts.flatMap(\.self) }
  public static func buildOptional(_ part: [SagaStep<Data>]?) -> [SagaStep<Data>] { part ?? [] }
  public static func buildEither(first part: [SagaStep<Data>]) -> [SagaStep<Data>] { part }
  public static func buildEither(second part: [SagaStep<Data>]) -> [SagaStep<Data>] { part }
  public static func buildArray(_ parts: [[SagaStep<Data>]]) -> [SagaStep<Data>] { parts.flatMap(\.self) }
}

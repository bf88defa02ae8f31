public import GRDB

/// What a step does, or what undoes it.
public enum SagaAction<Data: SagaData>: Sendable {
  /// A command that another service carries out and replies to.
  case remote(Command)
  /// Runs in the transaction of the saga's state. What it throws is a refusal: nothing that it did stays. Only a
  /// `DatabaseError` goes up to the caller, whose transaction is rolled back.
  case local(Local)

  public typealias Local = @Sendable (inout Data, SagaContext, Database) throws -> Void

  public struct Command: Sendable {
    /// `ReserveCredit`
    public let name: String
    /// The service that carries it out.
    public let destination: String
    /// Makes the body, one JSON value, from the saga's data.
    let body: @Sendable (Data) -> [UInt8]
  }

  /// A command, whose body is the saga's data if `body` makes no other.
  public static func command(
    _ name: String, to destination: String, _ body: @escaping @Sendable (Data) -> [UInt8] = { $0.json }
  ) -> SagaAction {
    .remote(Command(name: name, destination: destination, body: body))
  }

  /// The service that is asked; nil for a local action.
  var destination: String? {
    guard case .remote(let command) = self else { return nil }
    return command.destination
  }
}

extension Gateway {
  /// A whole exchange within one step, for callers that can ask the store and the service without waiting.
  public mutating func handle(
    _ request: GatewayRequest, store: some KeyValuePort, now: Int64,
    route: (GatewayCall) -> Result<GatewayResponse, UpstreamFailure>
  ) -> GatewayAnswer {
    var step = begin(request, now: now)
    while true {
      switch step {
      case .answered(let answer): return answer
      case .forward(let call, let exchange): return complete(exchange, with: route(call), now: now)
      case .lookUp(let key, let exchange):
        do throws(KeyValueUnavailable) {
          step = resume(exchange, with: .success(try store.value(of: key, now: now)), now: now)
        } catch {
          step = resume(exchange, with: .failure(error), now: now)
        }
      }
    }
  }
}

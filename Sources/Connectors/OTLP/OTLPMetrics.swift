internal import OTLPMessages
internal import TraceModel

/// The points of the metrics of a request in our words.
enum OTLPMetrics {
  /// - Parameters:
  ///   - receivedAt: nanoseconds since the Unix epoch: the time of points that tell none.
  ///   - limits: what goes beyond is left out, and said to be.
  static func read(
    _ request: OTLP.MetricsRequest, receivedAt: Int64, limits: OTLPLimits
  ) -> OTLPBatch<MetricPoint> {
    var batch = OTLPBatch<MetricPoint>()
    for (first, group) in request.resourceMetrics.enumerated() {
      let source = OTLPSource(group.resource, schema: group.schemaURL)
      for (second, scope) in group.scopeMetrics.enumerated() {
        let origin = source.origin(scope.scope, schema: scope.schemaURL)
        for (third, metric) in scope.metrics.enumerated() {
          let translation = OTLPMetricTranslation(
            metric: metric, path: "resourceMetrics[\(first)].scopeMetrics[\(second)].metrics[\(third)]", source: source,
            origin: origin, receivedAt: receivedAt, limits: limits)
          translation.append(to: &batch)
        }
      }
    }
    return batch
  }
}

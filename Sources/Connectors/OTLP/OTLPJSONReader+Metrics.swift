internal import OTLPMessages

extension OTLPJSONReader {
  mutating func metricsRequest() throws(JSONFault) -> OTLP.MetricsRequest {
    var request = OTLP.MetricsRequest()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "resourceMetrics":
        request.resourceMetrics = try list { (reader) throws(JSONFault) in try reader.resourceMetrics() }
      default: try json.skip()
      }
    }
    return request
  }

  private mutating func resourceMetrics() throws(JSONFault) -> OTLP.ResourceMetrics {
    var group = OTLP.ResourceMetrics()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "resource": group.resource = try resource()
      case "scopeMetrics": group.scopeMetrics = try list { (reader) throws(JSONFault) in try reader.scopeMetrics() }
      case "schemaUrl": group.schemaURL = try json.text()
      default: try json.skip()
      }
    }
    return group
  }

  private mutating func scopeMetrics() throws(JSONFault) -> OTLP.ScopeMetrics {
    var group = OTLP.ScopeMetrics()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "scope": group.scope = try scope()
      case "metrics": group.metrics = try list { (reader) throws(JSONFault) in try reader.metric() }
      case "schemaUrl": group.schemaURL = try json.text()
      default: try json.skip()
      }
    }
    return group
  }

  private mutating func metric() throws(JSONFault) -> OTLP.Metric {
    var metric = OTLP.Metric()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "name": metric.name = try json.text()
      case "description": metric.description_p = try json.text()
      case "unit": metric.unit = try json.text()
      case "gauge": metric.gauge = try gauge()
      case "sum": metric.sum = try sum()
      case "histogram": metric.histogram = try histogram()
      case "exponentialHistogram": metric.exponentialHistogram = try exponentialHistogram()
      case "summary": metric.summary = try summary()
      case "metadata": metric.metadata = try attributes()
      default: try json.skip()
      }
    }
    return metric
  }

  private mutating func gauge() throws(JSONFault) -> OTLP.Gauge {
    var gauge = OTLP.Gauge()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "dataPoints": gauge.dataPoints = try list { (reader) throws(JSONFault) in try reader.numberPoint() }
      default: try json.skip()
      }
    }
    return gauge
  }

  private mutating func sum() throws(JSONFault) -> OTLP.Sum {
    var sum = OTLP.Sum()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "dataPoints": sum.dataPoints = try list { (reader) throws(JSONFault) in try reader.numberPoint() }
      case "aggregationTemporality": sum.aggregationTemporality = try temporality()
      case "isMonotonic": sum.isMonotonic = try json.boolean()
      default: try json.skip()
      }
    }
    return sum
  }

  private mutating func histogram() throws(JSONFault) -> OTLP.Histogram {
    var histogram = OTLP.Histogram()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "dataPoints": histogram.dataPoints = try list { (reader) throws(JSONFault) in try reader.histogramPoint() }
      case "aggregationTemporality": histogram.aggregationTemporality = try temporality()
      default: try json.skip()
      }
    }
    return histogram
  }

  private mutating func exponentialHistogram() throws(JSONFault) -> OTLP.ExponentialHistogram {
    var histogram = OTLP.ExponentialHistogram()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "dataPoints":
        histogram.dataPoints = try list { (reader) throws(JSONFault) in try reader.exponentialHistogramPoint() }
      case "aggregationTemporality": histogram.aggregationTemporality = try temporality()
      default: try json.skip()
      }
    }
    return histogram
  }

  private mutating func summary() throws(JSONFault) -> OTLP.Summary {
    var summary = OTLP.Summary()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "dataPoints": summary.dataPoints = try list { (reader) throws(JSONFault) in try reader.summaryPoint() }
      default: try json.skip()
      }
    }
    return summary
  }

  private static let temporalities = ["UNSPECIFIED", "DELTA", "CUMULATIVE"].map { "AGGREGATION_TEMPORALITY_" + $0 }

  private mutating func temporality() throws(JSONFault) -> OTLP.Temporality {
    OTLP.Temporality(rawValue: try json.choice(of: Self.temporalities)) ?? .unspecified
  }
}

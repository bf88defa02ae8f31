internal import OTLPMessages

// Examples of single measurements, which nobody here looks at, are passed over.
extension OTLPJSONReader {
  mutating func numberPoint() throws(JSONFault) -> OTLP.NumberPoint {
    var point = OTLP.NumberPoint()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "attributes": point.attributes = try attributes()
      case "startTimeUnixNano": point.startTimeUnixNano = try json.whole()
      case "timeUnixNano": point.timeUnixNano = try json.whole()
      case "asInt": point.asInt = try json.whole()
      case "asDouble": point.asDouble = try json.real()
      case "flags": point.flags = try json.whole()
      default: try json.skip()
      }
    }
    return point
  }

  mutating func histogramPoint() throws(JSONFault) -> OTLP.HistogramPoint {
    var point = OTLP.HistogramPoint()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "attributes": point.attributes = try attributes()
      case "startTimeUnixNano": point.startTimeUnixNano = try json.whole()
      case "timeUnixNano": point.timeUnixNano = try json.whole()
      case "count": point.count = try json.whole()
      case "sum": point.sum = try json.real()
      case "min": point.min = try json.real()
      case "max": point.max = try json.real()
      case "bucketCounts": point.bucketCounts = try list { (reader) throws(JSONFault) in try reader.json.whole() }
      case "explicitBounds": point.explicitBounds = try list { (reader) throws(JSONFault) in try reader.json.real() }
      case "flags": point.flags = try json.whole()
      default: try json.skip()
      }
    }
    return point
  }

  mutating func exponentialHistogramPoint() throws(JSONFault) -> OTLP.ExponentialHistogramPoint {
    var point = OTLP.ExponentialHistogramPoint()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "attributes": point.attributes = try attributes()
      case "startTimeUnixNano": point.startTimeUnixNano = try json.whole()
      case "timeUnixNano": point.timeUnixNano = try json.whole()
      case "count": point.count = try json.whole()
      case "sum": point.sum = try json.real()
      case "min": point.min = try json.real()
      case "max": point.max = try json.real()
      case "scale": point.scale = try json.whole()
      case "zeroCount": point.zeroCount = try json.whole()
      case "zeroThreshold": point.zeroThreshold = try json.real()
      case "positive": point.positive = try buckets()
      case "negative": point.negative = try buckets()
      case "flags": point.flags = try json.whole()
      default: try json.skip()
      }
    }
    return point
  }

  private mutating func buckets() throws(JSONFault) -> OTLP.ExponentialHistogramPoint.Buckets {
    var buckets = OTLP.ExponentialHistogramPoint.Buckets()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "offset": buckets.offset = try json.whole()
      case "bucketCounts": buckets.bucketCounts = try list { (reader) throws(JSONFault) in try reader.json.whole() }
      default: try json.skip()
      }
    }
    return buckets
  }

  mutating func summaryPoint() throws(JSONFault) -> OTLP.SummaryPoint {
    var point = OTLP.SummaryPoint()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "attributes": point.attributes = try attributes()
      case "startTimeUnixNano": point.startTimeUnixNano = try json.whole()
      case "timeUnixNano": point.timeUnixNano = try json.whole()
      case "count": point.count = try json.whole()
      case "sum": point.sum = try json.real()
      case "quantileValues":
        point.quantileValues = try list { (reader) throws(JSONFault) in try reader.quantile() }
      case "flags": point.flags = try json.whole()
      default: try json.skip()
      }
    }
    return point
  }

  private mutating func quantile() throws(JSONFault) -> OTLP.SummaryPoint.ValueAtQuantile {
    var quantile = OTLP.SummaryPoint.ValueAtQuantile()
    try json.beginObject()
    while let key = try json.member() {
      switch key {
      case "quantile": quantile.quantile = try json.real()
      case "value": quantile.value = try json.real()
      default: try json.skip()
      }
    }
    return quantile
  }
}

// OTLPMessages: the messages of OpenTelemetry's protocol: its `.proto` files, what protoc makes of them in `Generated`, and
// the short names that its documents use. It never sends or stores anything, and says nothing of what a message means.

/// The messages of OpenTelemetry's protocol by their short names.
public enum OTLP {
  public typealias TracesRequest = Opentelemetry_Proto_Collector_Trace_V1_ExportTraceServiceRequest
  public typealias TracesResponse = Opentelemetry_Proto_Collector_Trace_V1_ExportTraceServiceResponse
  public typealias LogsRequest = Opentelemetry_Proto_Collector_Logs_V1_ExportLogsServiceRequest
  public typealias LogsResponse = Opentelemetry_Proto_Collector_Logs_V1_ExportLogsServiceResponse
  public typealias MetricsRequest = Opentelemetry_Proto_Collector_Metrics_V1_ExportMetricsServiceRequest
  public typealias MetricsResponse = Opentelemetry_Proto_Collector_Metrics_V1_ExportMetricsServiceResponse

  public typealias Resource = Opentelemetry_Proto_Resource_V1_Resource
  public typealias Scope = Opentelemetry_Proto_Common_V1_InstrumentationScope
  public typealias Attribute = Opentelemetry_Proto_Common_V1_KeyValue
  public typealias Value = Opentelemetry_Proto_Common_V1_AnyValue
  public typealias ValueList = Opentelemetry_Proto_Common_V1_ArrayValue
  public typealias ValueMap = Opentelemetry_Proto_Common_V1_KeyValueList

  public typealias ResourceSpans = Opentelemetry_Proto_Trace_V1_ResourceSpans
  public typealias ScopeSpans = Opentelemetry_Proto_Trace_V1_ScopeSpans
  public typealias Span = Opentelemetry_Proto_Trace_V1_Span
  public typealias SpanStatus = Opentelemetry_Proto_Trace_V1_Status

  public typealias ResourceLogs = Opentelemetry_Proto_Logs_V1_ResourceLogs
  public typealias ScopeLogs = Opentelemetry_Proto_Logs_V1_ScopeLogs
  public typealias LogRecord = Opentelemetry_Proto_Logs_V1_LogRecord
  public typealias Severity = Opentelemetry_Proto_Logs_V1_SeverityNumber

  public typealias ResourceMetrics = Opentelemetry_Proto_Metrics_V1_ResourceMetrics
  public typealias ScopeMetrics = Opentelemetry_Proto_Metrics_V1_ScopeMetrics
  public typealias Metric = Opentelemetry_Proto_Metrics_V1_Metric
  public typealias Gauge = Opentelemetry_Proto_Metrics_V1_Gauge
  public typealias Sum = Opentelemetry_Proto_Metrics_V1_Sum
  public typealias Histogram = Opentelemetry_Proto_Metrics_V1_Histogram
  public typealias ExponentialHistogram = Opentelemetry_Proto_Metrics_V1_ExponentialHistogram
  public typealias Summary = Opentelemetry_Proto_Metrics_V1_Summary
  public typealias Temporality = Opentelemetry_Proto_Metrics_V1_AggregationTemporality
  public typealias NumberPoint = Opentelemetry_Proto_Metrics_V1_NumberDataPoint
  public typealias HistogramPoint = Opentelemetry_Proto_Metrics_V1_HistogramDataPoint
  public typealias ExponentialHistogramPoint = Opentelemetry_Proto_Metrics_V1_ExponentialHistogramDataPoint
  public typealias SummaryPoint = Opentelemetry_Proto_Metrics_V1_SummaryDataPoint

  /// What the body of a refusal is.
  public typealias RefusalStatus = Google_Rpc_Status
}

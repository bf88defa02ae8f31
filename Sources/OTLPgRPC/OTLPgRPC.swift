// OTLPgRPC: OTLP over gRPC, which is there only in builds with the package trait `GRPC`: it brings HTTP/2 and gRPC with it.
// It never translates anything: what a request holds is for Connectors to say.

/// What of OTLP over gRPC is there with and without gRPC itself.
public enum OTLPgRPC {
  /// The command line's name for the port of this receiver.
  public static let option = "--otlp-grpc"
  /// Where exporters look for it when nobody tells them otherwise.
  public static let usualPort = 4317

  /// False in builds without gRPC.
  public static var isBuiltIn: Bool {
    #if GRPC
      true
    #else
      false
    #endif
  }
}

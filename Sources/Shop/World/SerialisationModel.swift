/// How long it takes to turn a message into bytes, and to read it from them.
///
/// A run must not read a clock, so that is modelled and not measured: some nanoseconds for the message, and some for its
/// bytes. They were fitted once to the least that `msatop bench messages` measured on one x86-64 core, with answers of
/// `ProductsInfoService` for 1 and for 50 products: JSON, 94 and 4,060 bytes, was written in 0.96 and 22.8 µs and read in
/// 1.16 and 34.8 µs; protobuf, 18 and 939 bytes, was written in 0.23 and 4.8 µs and read in 0.24 and 7.3 µs.
struct SerialisationModel: Sendable, Equatable {
  struct Work: Sendable, Equatable {
    /// Nanoseconds.
    var perMessage: Int64
    var perKilobyte: Int64

    /// Nanoseconds for a message of so many bytes.
    func time(of bytes: Int) -> Int64 { perMessage + Int64(bytes) * perKilobyte / 1_000 }
  }

  var writing: Work
  var reading: Work

  /// Nanoseconds to write a message, and to read it at the other end.
  func time(of bytes: Int) -> Int64 { writing.time(of: bytes) + reading.time(of: bytes) }

  static let json = SerialisationModel(
    writing: Work(perMessage: 440, perKilobyte: 5_500), reading: Work(perMessage: 360, perKilobyte: 8_500))
  static let protobuf = SerialisationModel(
    writing: Work(perMessage: 140, perKilobyte: 4_900), reading: Work(perMessage: 100, perKilobyte: 7_700))
}

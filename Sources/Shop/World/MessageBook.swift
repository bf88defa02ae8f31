internal import Operations
internal import OrderedCollections

/// What the exchanges of each edge that speaks two forms come to, in both: for the screen, and no run depends on it.
final class MessageBook {
  private struct Sum {
    var count: Int64 = 0
    var json: Int64 = 0
    var protobuf: Int64 = 0
    var jsonTime: Int64 = 0
    var protobufTime: Int64 = 0
    /// What the last one was sent as.
    var isProtobuf = false
  }

  private var sums = OrderedDictionary<Edge, Sum>()

  func note(_ sizes: MessageSizes, on edge: Edge, isProtobuf: Bool) {
    var sum = sums[edge] ?? Sum()
    sum.count += 1
    sum.json += Int64(sizes.json)
    sum.protobuf += Int64(sizes.protobuf)
    sum.jsonTime += sizes.jsonTime
    sum.protobufTime += sizes.protobufTime
    sum.isProtobuf = isProtobuf
    sums[edge] = sum
  }

  /// Means over the run: the form that is sent comes first. Empty where nothing was exchanged in two forms.
  func forms(on edge: Edge) -> [MessageFormSnapshot] {
    guard let sum = sums[edge] else { return [] }
    func mean(_ value: Int64) -> Int64 { (value + sum.count / 2) / sum.count }
    let json = MessageFormSnapshot(name: "JSON", bytes: Int(mean(sum.json)), time: mean(sum.jsonTime))
    let protobuf = MessageFormSnapshot(
      name: MessageSizes.protobuf, bytes: Int(mean(sum.protobuf)), time: mean(sum.protobufTime))
    return sum.isProtobuf ? [protobuf, json] : [json, protobuf]
  }
}

import EventBus
import Shop

/// The log of a run in a directory, as `--data-dir` asks for it.
struct BusDirectory {
  let bus: Broker

  /// Nil without a directory: the bus is in memory then.
  static func open(_ path: String?) throws -> BusDirectory? {
    guard let path else { return nil }
    if path.isEmpty { throw Failure(description: "--data-dir names no directory", status: Failure.usage) }
    do throws(BusError) {
      return BusDirectory(bus: try ShopBus.open(directory: path, now: WallClock.nanoseconds))
    } catch {
      guard case .topicExists = error else { throw Failure(description: "\(error)") }
      throw Failure(
        description: "\(path) holds the log of an earlier run: see what is in it with \"msatop log \(path)\", "
          + "or choose another directory")
    }
  }

  /// Brings it to the disk.
  func close() throws {
    let refusal = bus.refusals.first
    do {
      try waited { [bus] in try await bus.close(now: WallClock.nanoseconds) }
    } catch { throw Failure(description: "the log is not complete: \(refusal ?? error)") }
    if let refusal { throw Failure(description: "the log is not complete: \(refusal)") }
  }
}

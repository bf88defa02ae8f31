import Foundation
import Testing

@testable import EventBus

/// The vectors beside the tests; whatever cases they hold are run.
enum Fixtures {
  static let kafka: KafkaVectors = load("kafka")
  static let lag: LagVectors = load("lag")

  private static func load<Content: Decodable>(_ name: String) -> Content {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let file = folder.appendingPathComponent("Fixtures/\(name).json")
    do {
      return try JSONDecoder().decode(Content.self, from: Data(contentsOf: file))
    } catch {
      fatalError("The fixture \(file.path) cannot be read: \(error)")
    }
  }
}

struct KafkaVectors: Decodable {
  struct Hash: Decodable {
    let key: String
    let murmur2_signed: Int32
    let positive: UInt32
    let partition_of: [String: Int]
  }
  struct Assignment: Decodable {
    let strategy: String
    let members: [String: [String]]
    let topics: [String: Int]
    let expect: [String: [String]]
  }
  struct GroupStates: Decodable {
    struct Responses: Decodable {
      let heartbeat: String
      let sync: String
      let commit_by_member: String
    }
    let valid_previous: [String: [String]]
    let responses: [String: Responses]
  }

  let murmur2: [Hash]
  let assignors: [Assignment]
  let group_states: GroupStates
}

struct LagVectors: Decodable {
  struct Offset: Decodable {
    let offset: Int64
    let timestamp_ms: Int64
    let lag: Int64?
  }
  struct Expectation: Decodable {
    let lag_always_not_zero: Bool?
    let rewind_index: Int?
    let stopped: Bool?
    let stalled: Bool?
    let lag_not_decreasing: Bool?
    let recent_lag_zero: Bool?
    let status: String
  }
  struct Vector: Decodable, CustomTestStringConvertible {
    let id: Int
    let comment: String
    let offsets: [Offset]
    let broker_offsets: [Int64]
    let current_lag: Int64
    let now_s: Int64
    let allowed_lag: Int64
    let expect: Expectation

    var testDescription: String { "\(id): \(comment)" }
  }

  let vectors: [Vector]
}

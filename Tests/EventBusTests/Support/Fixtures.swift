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
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(Content.self, from: Data(contentsOf: file))
    } catch {
      fatalError("The fixture \(file.path) cannot be read: \(error)")
    }
  }
}

struct KafkaVectors: Decodable {
  struct Hash: Decodable {
    let key: String
    let murmur2Signed: Int32
    let positive: UInt32
    let partitionOf: [String: Int]
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
      let commitByMember: String
    }
    let validPrevious: [String: [String]]
    let responses: [String: Responses]
  }

  struct OuterJoin: Decodable, CustomTestStringConvertible {
    struct Step: Decodable {
      let side: String
      let key: Int32
      let value: String
      let ts: Int64
      let emits: [Emitted]
    }
    struct Emitted: Decodable {
      let key: Int32
      let left: String?
      let right: String?
      let ts: Int64
    }
    let id: String
    let beforeMs: Int64
    let afterMs: Int64
    let graceMs: Int64
    let fixSpurious: Bool
    let steps: [Step]

    var testDescription: String { id }
  }

  let murmur2: [Hash]
  let assignors: [Assignment]
  let groupStates: GroupStates
  let outerJoin: [OuterJoin]
}

struct LagVectors: Decodable {
  struct Offset: Decodable {
    let offset: Int64
    let timestampMs: Int64
    let lag: Int64?
  }
  struct Expectation: Decodable {
    let lagAlwaysNotZero: Bool?
    let rewindIndex: Int?
    let stopped: Bool?
    let stalled: Bool?
    let lagNotDecreasing: Bool?
    let recentLagZero: Bool?
    let status: String
  }
  struct Vector: Decodable, CustomTestStringConvertible {
    let id: Int
    let comment: String
    let offsets: [Offset]
    let brokerOffsets: [Int64]
    let currentLag: Int64
    let nowS: Int64
    let allowedLag: Int64
    let expect: Expectation

    var testDescription: String { "\(id): \(comment)" }
  }

  let vectors: [Vector]
}

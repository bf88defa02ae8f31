import ArgumentParser
import Connectors
import Foundation
import OTLPgRPC
import Wording
import YAMLReading

/// What `attach` goes by where its command line says nothing: the environment, and behind that a file.
///
/// Both know the options by their names: `otlp-http: 4318` in the file, `MSATOP_OTLP_HTTP=4318` in the environment.
struct AttachSettings: Equatable {
  var receivers = ReceiverChoice()
  /// Bytes.
  var memory: Int?

  private static let keys = ["otlp", "otlp-http", "otlp-grpc", "zipkin", "origin", "memory"]

  /// This, and where it says nothing, `other`.
  func or(_ other: AttachSettings) -> AttachSettings {
    var settings = self
    settings.receivers = receivers.or(other.receivers)
    settings.memory = memory ?? other.memory
    return settings
  }

  /// The environment over the file.
  ///
  /// - Parameter file: one that has to be there; nil: the usual one, which may be missing.
  static func read(file: String?, environment: [String: String]) throws -> AttachSettings {
    SettingsFile.say(strangers(in: environment))
    let own = try AttachSettings(environment: environment)
    guard let path = file ?? usualFile(environment) else { return own }
    let report = YAMLReport(file: path)
    let settings = read(yaml: try SettingsFile.text(of: path), report)
    guard !report.hasErrors else { throw SettingsFile.failure(report) }
    return own.or(settings)
  }

  /// `~/.config/msatop/config.yaml`, where there is one.
  private static func usualFile(_ environment: [String: String]) -> String? {
    let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 + "/.config" }
    guard let base = environment["XDG_CONFIG_HOME"].flatMap({ $0.isEmpty ? nil : $0 }) ?? home else { return nil }
    let path = base + "/msatop/config.yaml"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }
}

// MARK: - A file

extension AttachSettings {
  static func read(yaml: String, _ report: YAMLReport) -> AttachSettings {
    var settings = AttachSettings()
    // A file of comments alone says nothing.
    for root in YAMLDocuments.read(yaml, report).prefix(1) {
      guard let mapping = root.mapping(allowing: keys) else { continue }
      settings.receivers = ReceiverChoice(
        otlp: mapping["otlp"].flatMap { $0.scalar == "off" ? false : $0.flag() },
        otlpHTTP: mapping["otlp-http"].flatMap(listening),
        otlpGRPC: mapping["otlp-grpc"].flatMap(listening), zipkin: mapping["zipkin"].flatMap(listening),
        origins: mapping["origin"].flatMap(origins))
      settings.memory = mapping["memory"].flatMap(memory)
      if case .at = settings.receivers.otlpGRPC, !OTLPgRPC.isBuiltIn {
        mapping["otlp-grpc"]?.fail(ReceiverOption.needsGRPC)
      }
    }
    return settings
  }

  private static func listening(_ value: YAMLValue) -> Listening? {
    value.parsed { (text) throws(ConnectorError) in try Listening(parsing: text) }
  }

  private static func origins(_ value: YAMLValue) -> AllowedOrigins? {
    value.parsed { (text) throws(ConnectorError) in try AllowedOrigins(parsing: text) }
  }

  private static func memory(_ value: YAMLValue) -> Int? {
    guard let text = value.text() else { return nil }
    guard let bytes = try? Arguments.memory(text) else {
      value.fail(mustBe: "a size of memory from 1MB to 1TB, such as 256MB or 2GB")
      return nil
    }
    return bytes
  }
}

// MARK: - The environment

extension AttachSettings {
  private static func variable(_ key: String) -> String { "MSATOP_" + key.uppercased().replacing("-", with: "_") }

  /// A sentence for each variable that looks as if it were meant, and is not known.
  private static func strangers(in environment: [String: String]) -> [String] {
    let known = keys.map(variable)
    return environment.keys.filter { $0.hasPrefix("MSATOP_") && !known.contains($0) }.sorted().map {
      "the environment's \($0) says nothing; \(NearestNames.advice(for: $0, among: known))"
    }
  }
}

extension AttachSettings {
  init(environment: [String: String]) throws {
    func text(_ key: String) -> (name: String, value: String)? {
      let name = Self.variable(key)
      return environment[name].flatMap { $0.isEmpty ? nil : (name, $0) }
    }
    func listening(_ key: String) throws -> Listening? {
      guard let (name, value) = text(key) else { return nil }
      do { return try Listening(parsing: value) } catch { throw Self.wrong(name, "\(error)") }
    }
    let otlp = try text("otlp").map { name, value in
      guard let flag = value == "off" ? false : Bool(value) else {
        throw Self.wrong(name, "\(quoted(value)) must be true or off")
      }
      return flag
    }
    receivers = ReceiverChoice(
      otlp: otlp, otlpHTTP: try listening("otlp-http"), otlpGRPC: try listening("otlp-grpc"),
      zipkin: try listening("zipkin"),
      origins: try text("origin").map { name, value in
        do { return try AllowedOrigins(parsing: value) } catch { throw Self.wrong(name, "\(error)") }
      })
    if case .at = receivers.otlpGRPC, !OTLPgRPC.isBuiltIn {
      throw Self.wrong("MSATOP_OTLP_GRPC", ReceiverOption.needsGRPC)
    }
    memory = try text("memory").map { name, value in
      do { return try Arguments.memory(value) } catch { throw Self.wrong(name, "\(error)") }
    }
  }

  private static func wrong(_ name: String, _ reason: String) -> Failure {
    Failure(description: "the environment's \(name): \(reason)", status: Failure.usage)
  }
}

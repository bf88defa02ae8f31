import Foundation

/// The files of this project.
enum SourceTree {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static var modules: [String] {
    let sources = root.appendingPathComponent("Sources")
    return (try? FileManager.default.contentsOfDirectory(atPath: sources.path).sorted()) ?? []
  }

  static func files(under folder: String, withExtension ending: String = "swift") -> [URL] {
    let url = root.appendingPathComponent(folder)
    let all = FileManager.default.enumerator(at: url, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
    return all.filter { $0.pathExtension == ending }.sorted { $0.path < $1.path }
  }

  static func lines(of file: URL) throws -> [Substring] {
    try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// The modules that a file imports.
  static func imports(of file: URL) throws -> [String] {
    try lines(of: file).compactMap { line in
      let words = line.split(separator: " ")
      guard let place = words.firstIndex(of: "import"), place <= 2, words.count > place + 1, !line.hasPrefix("//")
      else {
        return nil
      }
      return words[place + 1].split(separator: ".").first.map(String.init)
    }
  }
}

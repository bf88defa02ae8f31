import Drawing
import Operations
import Widgets

/// What services keep in a key-value store, each as a line.
enum KeyValueLine {
  static func all(_ context: PageContext) -> [DataFlow] {
    let ailment = context.snapshot.edge.keyValueStore?.ailment ?? ""
    return context.snapshot.data.keyValues.map { line($0, isIll: !ailment.isEmpty) }
  }

  private static func line(_ kept: KeyValueSnapshot, isIll: Bool) -> DataFlow {
    func count(_ number: UInt64) -> String { Figures.count(Int(clamping: number)).text }
    let entries = Count.of(kept.entries, "entry", "entries")
    var figures: [[Run]] = [
      [.muted("reads "), Run(count(kept.reads), kept.reads == 0 ? .faint : .text)],
      [.muted("found "), kept.hitRate.map { Run(Figures.percent($0).text) } ?? .faint("–")],
      [.muted("expired "), Run(count(kept.expired), kept.expired == 0 ? .faint : .text)],
    ]
    if let end = kept.nextEnd { figures.append([.muted("next ends in "), Run(Figures.duration(end).text)]) }
    let name = Run(visible(kept.name), .strong)
    return DataFlow(
      key: "keys \(kept.name)", service: kept.service, mark: isIll ? .failing : .healthy,
      what: [name, .muted(" kept by "), Run(visible(kept.service)), .muted(", \(entries)")],
      brief: [name, .muted(" of "), Run(visible(kept.service)), .muted(", \(entries)")], figures: figures,
      subject: .keyValues(kept.name))
  }

  /// How full the store is, or what ails it.
  static func figures(_ context: PageContext) -> [Run] {
    guard let store = context.snapshot.edge.keyValueStore else { return [] }
    guard store.ailment.isEmpty else {
      return Mark.failing.short + [Run(" \(visible(store.ailment))", .failing, bold: true)]
    }
    return [
      Run(Figures.size(bytes: store.bytes).text, .strong), .muted(" of \(Figures.size(bytes: store.byteLimit).text)"),
    ]
  }
}

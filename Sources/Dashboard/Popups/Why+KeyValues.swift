import Drawing
import Operations
import Widgets

extension Why {
  /// What a service keeps in a key-value store that several share.
  init?(keyValues name: String, _ context: PageContext) {
    let snapshot = context.snapshot
    guard let kept = snapshot.data.keyValues.first(where: { $0.name == name }) else { return nil }
    let store = snapshot.edge.keyValueStore
    let mark: Mark = store?.ailment.isEmpty ?? true ? .healthy : .failing
    func count(_ number: UInt64) -> String { Figures.count(Int(clamping: number)).text }
    self.init(
      title: [Run(mark.glyph + " ", mark.ink, bold: true), Run(visible(name), .strong, bold: true)]
        + [Run("  kept by \(visible(kept.service))", .muted)],
      rule: "Each entry has a time to live, after which it is gone by itself. The store's memory is bounded: when it is"
        + " full, writes are refused. Failing: the store's last command failed.", place: .service(kept.service))
    if let store, !store.ailment.isEmpty { add("store", visible(store.ailment), .failing) }
    add("entries", "\(Figures.count(kept.entries).text), \(Figures.size(bytes: kept.bytes).text)")
    add("keys", "begin with \(visible(kept.prefix))")
    add("next ends", kept.nextEnd.map { "in \(Figures.duration($0).text)" } ?? "none does")
    add("expired", count(kept.expired))
    add("reads", count(kept.reads) + (kept.hitRate.map { ", \(Figures.percent($0).text) of them found one" } ?? ""))
    add("refused", count(kept.refused), kept.refused == 0 ? .text : .degraded)
    if let store {
      let (held, limit) = (Figures.size(bytes: store.bytes).text, Figures.size(bytes: store.byteLimit).text)
      add("memory", "\(held) of \(limit), in \(Count.of(store.keys, "entry", "entries"))")
      add("commands failed", count(store.failed), store.failed == 0 ? .text : .degraded)
    }
    for fault in snapshot.faults.armed where fault.isOn && fault.spec.target == .keyValueStore {
      add("we broke it", fault.spec.description, .fault)
    }
    addFaults(on: [kept.service], context)
  }
}

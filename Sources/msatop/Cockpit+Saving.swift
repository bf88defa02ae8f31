import Dashboard
import Operations

/// What is saved while nobody presses a key.
extension Cockpit {
  /// Begins to write what matches into a file of its own.
  mutating func save(_ question: TransactionQuestion, as name: String) -> CommandOutcome {
    if let saving { return .refused("\(saving.name) is being written; once it is done another one can be saved") }
    do {
      saving = try SpanSaving(system.export(question), as: name)
      return .done("\(name): being written")
    } catch {
      return .refused("\(name) could not be written: \(FileFault.words(error))")
    }
  }

  /// Writes a little more; what there is to say of it.
  mutating func saveOn() -> CommandOutcome? {
    guard var saving else { return nil }
    self.saving = nil
    do {
      if try saving.goOn() {
        let news = saving.news()
        self.saving = saving
        return news.map { .done($0) }
      }
    } catch {
      saving.abandon()
      return .refused("\(saving.name) could not be written, and was removed: \(FileFault.words(error))")
    }
    guard saving.transactions > 0 else {
      saving.abandon()
      return .refused("the spans are no longer kept, so there is nothing to save")
    }
    let what = Count.of(saving.spans, "span") + " of " + Count.of(saving.transactions, "transaction")
    return .done("\(what) saved as \(saving.name)")
  }
}

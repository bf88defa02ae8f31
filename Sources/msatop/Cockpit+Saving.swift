import Connectors
import Dashboard
import Operations
import TraceModel

/// What is saved: at once, or while nobody presses a key.
extension Cockpit {
  /// Begins to write what matches into a file of its own.
  mutating func save(_ question: TransactionQuestion, as name: FileName) -> CommandOutcome {
    if let saving { return .refused("\(saving.name) is being written; once it is done another one can be saved") }
    do {
      let saving = try SpanSaving(
        system.export(question), as: name.text, isMadeUp: name.isMadeUp, now: { WallClock.monotonic })
      self.saving = saving
      return .done("\(saving.name): being written")
    } catch {
      return .refused("\(name.text) could not be written: \(error)")
    }
  }

  /// Writes a little more; what there is to say of it.
  mutating func saveOn() -> CommandOutcome? {
    guard var saving else { return nil }
    self.saving = nil
    do {
      guard try saving.goOn() else { return saving.outcome }
      let news = saving.news()
      self.saving = saving
      return news.map { .done($0) }
    } catch {
      saving.abandon()
      return .refused("\(saving.name) could not be written, and what there was of it was removed: \(error)")
    }
  }

  /// Nobody waits for the rest any more; what there is to say of it.
  mutating func breakOffSaving() -> String? {
    saving?.abandon()
    defer { saving = nil }
    return saving.map { "\($0.name) was still being written: what there was of it was removed" }
  }

  func saveSpans(of ids: [GTXID], as name: FileName) -> CommandOutcome {
    let transactions = ids.map(system.spans(of:)).filter { !$0.isEmpty }
    guard !transactions.isEmpty else { return .refused(SpanSaving.nothingKept) }
    return save(OTLPJSONLines.text(of: transactions), as: name) { name in
      SpanSaving.sentence(
        spans: transactions.reduce(0) { $0 + $1.count }, transactions: transactions.count,
        gone: ids.count - transactions.count, name: name)
    }
  }

  /// - Parameter sentence: what is said of it, from the name that it got.
  func save(_ bytes: [UInt8], as name: FileName, sentence: (String) -> String) -> CommandOutcome {
    do {
      return .done(sentence(try NewFile.write(bytes, as: name.text, isMadeUp: name.isMadeUp)))
    } catch {
      return .refused("\(name.text) could not be written: \(error)")
    }
  }
}

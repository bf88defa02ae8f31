/// The services of one trace, as they are met from its newest span to its oldest.
struct FoundServices {
  struct Entry {
    let symbol: SymbolTable.Symbol
    /// Of one without a symbol of its own; otherwise empty.
    let text: String
    var start: Int64
    /// When it was met last with a start as early as that.
    fileprivate var turn: Int
  }

  private var entries: [Entry] = []
  /// By symbol, once there are more than a few.
  private var places: [SymbolTable.Symbol: Int] = [:]
  private var others: [Int] = []
  private var turn = 0
  private let limit: Int

  private static let few = 16

  /// Gives at most so many, and tells no more apart of those that have no symbol.
  init(limit: Int) {
    self.limit = limit
  }

  /// `text` is asked for only where the symbol does not say it.
  mutating func note(_ symbol: SymbolTable.Symbol, start: Int64, text: () -> String) {
    turn += 1
    let own = symbol == SymbolTable.other ? text() : ""
    if let place = symbol == SymbolTable.other ? otherPlace(own) : place(of: symbol) {
      if start <= entries[place].start { (entries[place].start, entries[place].turn) = (start, turn) }
      return
    }
    if symbol == SymbolTable.other {
      guard others.count < limit else { return }
      others.append(entries.count)
    } else if entries.count >= Self.few {
      if places.isEmpty { for (place, entry) in entries.enumerated() { places[entry.symbol] = place } }
      places[symbol] = entries.count
    }
    entries.append(Entry(symbol: symbol, text: own, start: start, turn: turn))
  }

  private func place(of symbol: SymbolTable.Symbol) -> Int? {
    places.isEmpty ? entries.firstIndex { $0.symbol == symbol } : places[symbol]
  }

  private func otherPlace(_ text: String) -> Int? { others.first { entries[$0].text == text } }

  /// By start; of those that start together the one that came first stands first.
  var inOrder: ArraySlice<Entry> {
    entries.sorted { ($0.start, -$0.turn) < ($1.start, -$1.turn) }.prefix(limit)
  }
}

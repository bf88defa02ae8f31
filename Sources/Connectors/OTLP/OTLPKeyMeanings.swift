internal import TraceCollector

/// What the names of attributes mean to a span, found once for each name of a batch.
struct OTLPKeyMeanings {
  enum Meaning {
    case plain
    /// It may name the other side of a call; the lower, the more telling.
    case peer(rank: Int)
    /// It has a meaning that the generated way of reading looks after.
    case unusual
  }

  private var meanings: [Meaning] = []

  mutating func meaning(of key: UInt32, named batch: SpanBatch) -> Meaning {
    let place = batch.place(ofKey: key)
    while meanings.count <= place { meanings.append(OTLPAttributes.meaning(of: batch.name(at: meanings.count))) }
    return meanings[place]
  }
}

import Operations
import TestSupport
import TraceModel

extension RandomSnapshot {
  private static var span: SpanID {
    guard let span = SpanID(7) else { preconditionFailure("7 is an id") }
    return span
  }

  mutating func data() -> DataBoard {
    var board = DataBoard()
    board.stores = list { random in
      var store = StoreSnapshot(service: random.name(), kind: random.name(), bytes: Int(random.count()))
      (store.rows, store.relay) = (random.some(Int(random.count())), random.some(random.name()))
      (store.relayRate, store.deadLetters) = (random.some(random.share()), Int(random.count()))
      (store.inboxWindow, store.unacknowledgedAge) = (random.some(random.count()), random.some(random.count()))
      return store
    }
    board.keyValues = list { random in
      var kept = KeyValueSnapshot(name: random.name(), prefix: random.name(), service: random.name())
      (kept.entries, kept.bytes, kept.nextEnd) = (Int(random.count()), Int(random.count()), random.some(random.count()))
      (kept.hits, kept.misses) = (random.numbers.pick([0, 7, .max]), random.numbers.pick([0, 1, .max]))
      (kept.expired, kept.refused) = (random.numbers.pick([0, 7, .max]), random.numbers.pick([0, 1, .max]))
      return kept
    }
    board.captures = list { random in
      CaptureSnapshot(
        source: random.name(), miner: random.name(), topic: random.name(), behind: random.count(),
        oldest: random.some(random.time()))
    }
    board.joins = list { random in
      JoinSnapshot(
        group: random.name(), left: random.name(), right: random.name(), output: random.name(),
        window: random.count(), isInner: random.flag(), held: Int(random.count()), oldest: random.some(random.time()),
        rollbacks: Int(random.count()))
    }
    board.shortages = list { random in
      ShortageSnapshot(service: random.name(), sku: random.name(), pieces: random.count(), since: random.time())
    }
    board.views = list { random in
      var view = ViewSnapshot(name: random.name(), service: random.name())
      (view.behind, view.age) = (random.some(random.count()), random.some(random.count()))
      (view.documents, view.generation) = (random.count(), random.count())
      (view.reads, view.staleReads) = (random.numbers.pick([0, 7, .max]), random.numbers.pick([0, 1, .max]))
      view.rebuilding = random.some(random.count())
      return view
    }
    return board
  }

  mutating func orders() -> OrderDesk {
    var desk = OrderDesk()
    desk.products = list { OrderDesk.Product(sku: $0.name(), title: $0.name()) }
    desk.sagas = list { $0.name() }
    desk.sent = list { random in
      SentOrder(
        ticket: random.numbers.pick([1, 2, 3, .max, .min]), gtxid: random.flag() ? random.id() : nil,
        problem: random.name())
    }
    return desk
  }

  mutating func storeDetail(_ name: String) -> StoreDetail? {
    guard flag() else { return nil }
    return StoreDetail(
      service: name, tables: list { StoreDetail.Table(name: $0.name(), rows: Int($0.count())) },
      outbox: some(
        list { random in
          StoreDetail.Waiting(
            number: random.count(), type: random.name(), topic: random.name(), key: random.name(), gtxid: random.id(),
            created: random.time())
        }),
      changes: some(
        list { random in
          RowChangeSnapshot(
            position: random.count(), time: random.time(), table: random.name(), key: random.name(),
            operation: random.flag() ? "update" : random.name(),
            columns: random.list { random in
              .init(
                random.name(), before: random.flag() ? random.name() : nil, after: random.flag() ? random.name() : nil)
            }, events: random.list { $0.name() }, gtxid: random.flag() ? random.id() : nil)
        }))
  }

  mutating func order() -> OrderAnswer {
    guard flag() else { return .unknown(name()) }
    let places = list { $0.name() }
    return .found(
      OrderFacts(
        order: count(), isLegacy: flag(), gtxid: id(), saga: name(), state: name(), reason: name(), places: places,
        fields: list { random in
          let cells = places.map { _ in
            random.flag() ? OrderFacts.Cell(random.name(), differs: random.flag()) : nil
          }
          return OrderFacts.Field(random.name(), cells)
        },
        courses: list { random in
          OrderFacts.Course(
            order: random.name(), way: random.name(), commits: Int(random.count()), hops: Int(random.count()),
            records: Int(random.count()), services: Int(random.count()), spans: Int(random.count()),
            duration: random.some(random.time()))
        },
        events: list { random in
          OrderFacts.Event(
            time: random.time(), type: random.name(), topic: random.name(), partition: random.some(random.count()),
            offset: random.some(random.count()), service: random.name(), hop: random.some(.first),
            span: Self.span)
        },
        history: some(
          list { random in
            OrderFacts.Step(
              version: random.count(), time: random.time(), type: random.name(), hop: random.some(.first),
              span: Self.span, state: random.name(), step: random.name(), reason: random.name())
          })))
  }
}

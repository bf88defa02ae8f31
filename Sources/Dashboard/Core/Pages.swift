import Operations

/// The pages that there are, each with its state, shown or not.
struct Pages: Sendable {
  var overview = OverviewPage()
  var services = ServicesPage()
  var breakers = BreakersPage()
  var topics = TopicsPage()
  var transactions = TransactionsPage()
  var sagas = SagasPage()
  var map = MapPage()
  var data = DataPage()
  var platform = PlatformPage()
  var faults = FaultsPage()
  var log = LogPage()
  var records = RecordsPage()

  subscript(id: PageID) -> any Page {
    switch id {
    case .overview: overview
    case .services: services
    case .breakers: breakers
    case .topics: topics
    case .transactions: transactions
    case .sagas: sagas
    case .map: map
    case .data: data
    case .platform: platform
    case .faults: faults
    case .log: log
    case .records: records
    }
  }

  /// Lets `body` change the state of one page.
  mutating func change<Result>(_ id: PageID, _ body: (inout any Page) -> Result) -> Result {
    func changing<Kind: Page>(_ path: WritableKeyPath<Pages, Kind>, _ pages: inout Pages) -> Result {
      var page: any Page = pages[keyPath: path]
      let result = body(&page)
      if let page = page as? Kind { pages[keyPath: path] = page }
      return result
    }
    switch id {
    case .overview: return changing(\.overview, &self)
    case .services: return changing(\.services, &self)
    case .breakers: return changing(\.breakers, &self)
    case .topics: return changing(\.topics, &self)
    case .transactions: return changing(\.transactions, &self)
    case .sagas: return changing(\.sagas, &self)
    case .map: return changing(\.map, &self)
    case .data: return changing(\.data, &self)
    case .platform: return changing(\.platform, &self)
    case .faults: return changing(\.faults, &self)
    case .log: return changing(\.log, &self)
    case .records: return changing(\.records, &self)
    }
  }
}

extension Destination {
  /// The page that the place is on.
  var page: PageID {
    switch self {
    case .overview: .overview
    case .services, .service: .services
    case .breakers: .breakers
    case .topics: .topics
    case .transactions, .transaction: .transactions
    case .sagas, .saga: .sagas
    case .map: .map
    case .data, .store, .order: .data
    case .platform: .platform
    case .faults: .faults
    case .log: .log
    case .records: .records
    }
  }
}

extension PageID {
  /// The page as it was left.
  var destination: Destination {
    switch self {
    case .overview: .overview
    case .services: .services(selected: nil)
    case .breakers: .breakers(selected: nil)
    case .topics: .topics(selected: nil)
    case .transactions: .transactions(filter: nil)
    case .sagas: .sagas
    case .map: .map
    case .data: .data(selected: nil)
    case .platform: .platform(nil)
    case .faults: .faults(selected: nil)
    case .log: .log(LogFilter())
    case .records: .records(RecordFilter(topic: ""))
    }
  }
}

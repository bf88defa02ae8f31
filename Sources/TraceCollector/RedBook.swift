/// The figures of every service, of every operation and of whole transactions; bounded in number. Samples wait until
/// ``flush()``.
struct RedBook: Sendable {
  private struct Operation: Sendable {
    var name: SymbolTable.Symbol
    var service: Int
    var series = RedSeries()
  }

  private struct Service: Sendable {
    var name: SymbolTable.Symbol
    var series = RedSeries()
    /// In order of first appearance.
    var operations: [Int] = []
  }

  private struct Place: Sendable {
    /// As ``SlowestTraces/key(_:_:)``, plus one; 0 is none.
    var key: UInt64 = 0
    var service = 0
    var operation = 0
  }

  private let serviceLimit: Int
  private let operationLimit: Int
  private var services: [Service] = []
  private var operations: [Operation] = []
  private var servicePlaces: [SymbolTable.Symbol: Int] = [:]
  private var operationPlaces: [UInt32: Int] = [:]
  private var swept: Int64 = 0
  /// Calls that count as those of `(other)`.
  private(set) var others = 0
  /// The places of what came lately, by service and operation: looked at before the dictionaries.
  private var lately: [Place] = Array(repeating: Place(), count: 256)
  private(set) var transactions = RedSeries()
  /// By operation.
  private var waiting = RedQueue()
  private var waitingTransactions: [RedSample] = []

  init(services: Int, operations: Int) {
    serviceLimit = services
    operationLimit = operations
  }

  var bytes: Int {
    transactions.bytes + services.reduce(0) { $0 + $1.series.bytes } + operations.reduce(0) { $0 + $1.series.bytes }
  }

  /// A text without a symbol counts as `(other)`.
  mutating func record(_ sample: RedSample, service: SymbolTable.Symbol?, operation: SymbolTable.Symbol?) {
    let place = place(service: service ?? SymbolTable.other, operation: operation ?? SymbolTable.other)
    if operations[place.operation].name == SymbolTable.other || services[place.service].name == SymbolTable.other {
      others += sample.calls
    }
    waiting.add(sample, to: place.operation)
  }

  private mutating func place(service: SymbolTable.Symbol, operation: SymbolTable.Symbol) -> Place {
    let key = UInt64(SlowestTraces.key(service, operation)) + 1
    let cell = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 56)
    if lately[cell].key != key {
      let service = self.place(of: service)
      lately[cell] = Place(key: key, service: service, operation: self.place(of: operation, in: service))
    }
    return lately[cell]
  }

  mutating func recordTransaction(_ sample: RedSample) {
    waitingTransactions.append(sample)
  }

  /// Adds what waits to the figures. Nothing waits while somebody asks.
  mutating func flush() {
    // Taken out meanwhile, with its room: what it adds to is part of this, too.
    var queue = RedQueue()
    swap(&queue, &waiting)
    queue.flush { operation, sum in
      operations[operation].series.record(sum)
      services[operations[operation].service].series.record(sum)
    }
    swap(&queue, &waiting)
    var place = 0
    var sum = RedSum(second: 0)
    while place < waitingTransactions.count {
      sum.clear(second: waitingTransactions[place].second)
      while place < waitingTransactions.count, waitingTransactions[place].second == sum.second {
        sum.add(waitingTransactions[place])
        place += 1
      }
      transactions.record(sum)
    }
    waitingTransactions.removeAll(keepingCapacity: true)
  }

  /// Now and then gives back what only windows gone by needed.
  mutating func sweep(second: Int64) {
    guard second >= swept + 10 else { return }
    swept = second
    transactions.sweep(second: second)
    for index in services.indices { services[index].series.sweep(second: second) }
    for index in operations.indices { operations[index].series.sweep(second: second) }
  }

  private mutating func place(of service: SymbolTable.Symbol) -> Int {
    if let place = servicePlaces[service] { return place }
    guard services.count < serviceLimit || service == SymbolTable.other else { return place(of: SymbolTable.other) }
    servicePlaces[service] = services.count
    services.append(Service(name: service))
    return services.count - 1
  }

  private mutating func place(of operation: SymbolTable.Symbol, in service: Int) -> Int {
    let key = SlowestTraces.key(services[service].name, operation)
    if let place = operationPlaces[key] { return place }
    guard operations.count < operationLimit || operation == SymbolTable.other else {
      return place(of: SymbolTable.other, in: service)
    }
    operationPlaces[key] = operations.count
    services[service].operations.append(operations.count)
    operations.append(Operation(name: operation, service: service))
    return operations.count - 1
  }

  func series(of service: SymbolTable.Symbol) -> RedSeries? {
    servicePlaces[service].map { services[$0].series }
  }

  func series(of operation: SymbolTable.Symbol, in service: SymbolTable.Symbol) -> RedSeries? {
    operationPlaces[SlowestTraces.key(service, operation)].map { operations[$0].series }
  }

  var operationCount: Int { operations.count }

  /// By the order of first appearance, from 0.
  func operation(
    _ number: Int
  ) -> (service: SymbolTable.Symbol, operation: SymbolTable.Symbol, series: RedSeries) {
    let operation = operations[number]
    return (services[operation.service].name, operation.name, operation.series)
  }

  /// Those that came as numbers `places`, from 0, as far as there are so many.
  func services(at places: Range<Int>) -> [(name: SymbolTable.Symbol, series: RedSeries)] {
    services[places.clamped(to: services.indices)].map { ($0.name, $0.series) }
  }

  /// Those of one service that came as numbers `places`, from 0, as far as there are so many.
  func operations(
    of service: SymbolTable.Symbol, at places: Range<Int>
  ) -> [(name: SymbolTable.Symbol, series: RedSeries)] {
    guard let own = servicePlaces[service].map({ services[$0].operations }) else { return [] }
    return own[places.clamped(to: own.indices)].map { (operations[$0].name, operations[$0].series) }
  }
}

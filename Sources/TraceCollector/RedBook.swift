/// The figures of every service, of every operation and of whole transactions; bounded in number.
struct RedBook: Sendable {
  private struct Operation: Sendable {
    var name: SymbolTable.Symbol
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
  /// The places of what came lately, by service and operation: looked at before the dictionaries.
  private var lately: [Place] = Array(repeating: Place(), count: 256)
  private(set) var transactions = RedSeries()

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
    services[place.service].series.record(sample)
    operations[place.operation].series.record(sample)
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
    transactions.record(sample)
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
    operations.append(Operation(name: operation))
    return operations.count - 1
  }

  func series(of service: SymbolTable.Symbol) -> RedSeries? {
    servicePlaces[service].map { services[$0].series }
  }

  func series(of operation: SymbolTable.Symbol, in service: SymbolTable.Symbol) -> RedSeries? {
    operationPlaces[SlowestTraces.key(service, operation)].map { operations[$0].series }
  }

  var allServices: [(name: SymbolTable.Symbol, series: RedSeries)] { services.map { ($0.name, $0.series) } }

  func operations(of service: SymbolTable.Symbol) -> [(name: SymbolTable.Symbol, series: RedSeries)] {
    guard let place = servicePlaces[service] else { return [] }
    return services[place].operations.map { (operations[$0].name, operations[$0].series) }
  }
}

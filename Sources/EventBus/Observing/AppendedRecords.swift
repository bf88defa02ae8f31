/// Records that one append added to one partition, as observers get them.
struct AppendedRecords: Sendable {
  let topic: String
  let partition: Int
  let records: [EventRecord]
}

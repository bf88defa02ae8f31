/// A batch's runs, laid bare for as long as it is added to a store.
struct BatchView {
  let records: UnsafeBufferPointer<SpanBatch.Record>
  let fields: UnsafeBufferPointer<SpanBatch.Field>
  let origins: UnsafeBufferPointer<SpanBatch.Origin>
  let names: UnsafeBufferPointer<SpanBatch.Text>
  let bytes: UnsafeRawBufferPointer

  static func with<Result>(_ batch: SpanBatch, _ body: (BatchView) -> Result) -> Result {
    batch.bytes.withUnsafeBytes { bytes in
      batch.records.withUnsafeBufferPointer { records in
        batch.fields.withUnsafeBufferPointer { fields in
          batch.origins.withUnsafeBufferPointer { origins in
            batch.names.withUnsafeBufferPointer { names in
              body(BatchView(records: records, fields: fields, origins: origins, names: names, bytes: bytes))
            }
          }
        }
      }
    }
  }

  func raw(_ text: SpanBatch.Text) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[Int(text.offset)..<Int(text.offset) + Int(text.count)])
  }

  /// The same for a text that ``raw(_:)`` was asked for before, so that it is known to lie in the batch.
  @inline(__always)
  func knownRaw(_ text: SpanBatch.Text) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bytes.baseAddress.map { $0 + Int(text.offset) }, count: Int(text.count))
  }

  func fields(of record: SpanBatch.Record) -> UnsafeBufferPointer<SpanBatch.Field> {
    UnsafeBufferPointer(rebasing: fields[Int(record.firstField)..<Int(record.firstField) + Int(record.fields)])
  }
}

import TestSupport
import Testing

@testable import EventBus

@Suite struct DocumentationTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  /// The example of the documentation, word for word: the next test compares the two.
  @Test func theExampleOnDisk() async throws {
    let directory = folder.path
    let now: @Sendable () -> Int64 = { 1 }
    // example begins
    let broker = try Broker(directory: directory, groupSettings: GroupSettings(initialRebalanceDelay: 0), now: now())
    for sentence in broker.recovery?.sentences ?? [] { print(sentence) }
    for topic in ["orders", "mails"] where !broker.hasTopic(topic) { try broker.createTopic(topic) }

    let settings = ProducerSettings(acknowledge: .synced)
    let producer = try Producer(broker: broker, name: "shop", settings: settings, now: now())
    try await producer.send(ProducerRecord(key: "kim", text: "a chair"), to: "orders", now: now())

    let consumer = Consumer(broker: broker, group: "mailer", client: "mailer-1", topics: ["orders"])
    for try await batch in consumer.batches(commits: .none, clock: ContinuousClock(), now: now) {
      var transaction = Transaction()
      transaction.append(batch.records.map { ProducerRecord(key: $0.keyText, text: "sold: \($0.text)") }, to: "mails")
      try consumer.commit(with: transaction, now: now())
      break
    }
    try await broker.close(now: now())
    // example ends
    let again = try Broker(directory: directory, now: 2)
    #expect(again.recovery?.isClean == true)
    #expect(try again.everything("mails").map(\.text) == ["sold: a chair"])
    #expect(again.groups.committed(group: "mailer", TopicPartition(topic: "orders", partition: 0))?.offset == 1)
  }

  @Test func theDocumentationHasThisExample() throws {
    try expectExample(1, of: #filePath)
  }
}

internal import GRDB
internal import TraceModel
internal import Transactions

/// The review service's database; the legacy shop keeps its reviews in the same form.
enum ReviewTables: ServiceTables {
  static let schema = Outbox.schema + Inbox.schema + tables

  /// The table that is read in place of all reviews of a product: changed in the transaction of a review.
  static let scores = "score"

  /// Reviews, and for each product how many there are, and how many of them were written here and not taken in.
  static let tables = """
    CREATE TABLE review(
      id TEXT PRIMARY KEY,
      sku TEXT NOT NULL,
      user TEXT NOT NULL,
      stars INTEGER NOT NULL,
      words TEXT NOT NULL,
      own INTEGER NOT NULL,
      written INTEGER NOT NULL) WITHOUT ROWID;
    CREATE INDEX review_sku ON review(sku, written);
    CREATE TABLE score(
      sku TEXT PRIMARY KEY,
      reviews INTEGER NOT NULL,
      stars INTEGER NOT NULL,
      own INTEGER NOT NULL,
      own_stars INTEGER NOT NULL) WITHOUT ROWID;
    """

  struct Review: Sendable {
    /// The transaction in which it was written.
    var id: String
    var sku: String
    var user: String
    var stars: Int64
    var words: String
    /// Nanoseconds since the Unix epoch.
    var written: Int64
  }

  /// False when it is there already.
  /// - Parameter isOwn: whether it was written here, and not taken in from the other shop.
  static func add(_ review: Review, isOwn: Bool, _ database: Database) throws -> Bool {
    try database.run(
      "INSERT OR IGNORE INTO review(id, sku, user, stars, words, own, written) VALUES (?, ?, ?, ?, ?, ?, ?)",
      [review.id, review.sku, review.user, review.stars, review.words, isOwn, review.written])
    guard database.changesCount > 0 else { return false }
    try database.run(
      """
      INSERT INTO score(sku, reviews, stars, own, own_stars) VALUES (?, 1, ?, ?, ?)
      ON CONFLICT(sku) DO UPDATE SET reviews = reviews + 1, stars = stars + excluded.stars,
        own = own + excluded.own, own_stars = own_stars + excluded.own_stars
      """, [review.sku, review.stars, isOwn, isOwn ? review.stars : 0])
    return true
  }

  /// The review that was written in a transaction; nil when none was, or it is forgotten.
  static func review(_ id: String, _ database: Database) throws -> Review? {
    try database.first("SELECT sku, user, stars, words, written FROM review WHERE id = ?", [id]) { row in
      Review(
        id: id, sku: row.value(0), user: row.value(1), stars: row.value(2), words: row.value(3), written: row.value(4))
    }
  }

  /// How many there are, their mean, and the three newest.
  static func summary(of sku: String, _ database: Database) throws -> Payload {
    var summary = Payload(sku: sku)
    let score = try database.first("SELECT reviews, stars FROM score WHERE sku = ?", [sku]) { row in
      (reviews: row.value(0) as Int64, stars: row.value(1) as Int64)
    }
    if let score {
      summary.quantity = score.reviews
      summary.stars = (score.stars + score.reviews / 2) / score.reviews
    }
    summary.entries = try database.all(
      "SELECT user, stars, words FROM review WHERE sku = ? ORDER BY written DESC, id LIMIT 3", [sku]
    ) { row in
      var review = Payload(user: row.value(0))
      review.stars = row.value(1)
      review.words = row.value(2)
      return review
    }
    return summary
  }

  /// How many reviews of a product were written here, or taken in, and the sum of their stars; forgotten ones included.
  static func taken(
    of sku: String, byOwn isOwn: Bool, _ database: Database
  ) throws -> (reviews: Int64, stars: Int64) {
    let columns = isOwn ? "own, own_stars" : "reviews - own, stars - own_stars"
    return try database.first("SELECT \(columns) FROM score WHERE sku = ?", [sku]) { ($0.value(0), $0.value(1)) }
      ?? (0, 0)
  }

  /// What ``taken(of:byOwn:_:)`` comes to for each product that has any.
  static func allTaken(byOwn isOwn: Bool, _ database: Database) throws -> [String: Int64] {
    let rows = try database.all("SELECT sku, \(isOwn ? "own" : "reviews - own") FROM score", []) { row in
      (row.value(0) as String, row.value(1) as Int64)
    }
    return Dictionary(rows, uniquingKeysWith: +)
  }

  /// What several reviews of a product come to; `own` are those that were written here.
  struct Score: Sendable, Equatable {
    var reviews: Int64 = 0
    var stars: Int64 = 0
    var own: Int64 = 0
    var ownStars: Int64 = 0

    static func + (left: Score, right: Score) -> Score {
      Score(
        reviews: left.reviews + right.reviews, stars: left.stars + right.stars, own: left.own + right.own,
        ownStars: left.ownStars + right.ownStars)
    }

    var words: String { "\(reviews) reviews with \(stars) stars, \(own) of them with \(ownStars) written here" }
  }

  /// What the table for reading says, by product.
  static func scores(_ database: Database) throws -> [String: Score] {
    try scores("SELECT sku, reviews, stars, own, own_stars FROM score", [], database)
  }

  /// What the reviews themselves come to, by product.
  /// - Parameter time: of those written before it.
  static func sums(writtenBefore time: Int64 = .max, _ database: Database) throws -> [String: Score] {
    try scores(
      "SELECT sku, count(*), sum(stars), sum(own), sum(own * stars) FROM review WHERE written < ? GROUP BY sku", [time],
      database)
  }

  private static func scores(_ sql: String, _ bindings: Bindings, _ database: Database) throws -> [String: Score] {
    let rows = try database.all(sql, bindings) { row in
      (
        row.value(0) as String,
        Score(reviews: row.value(1), stars: row.value(2), own: row.value(3), ownStars: row.value(4))
      )
    }
    return Dictionary(rows, uniquingKeysWith: +)
  }

  static func words(reviews: Int64, stars: Int64) -> String { "\(reviews) reviews with \(stars) stars" }

  /// The scores stay.
  static func prune(finishedBefore time: Int64, keeping orders: [Int64], _ database: Database) throws {
    try database.run("DELETE FROM review WHERE written < ?", [time])
  }
}

extension ReviewTables.Review {
  /// As it stands in a record.
  init(_ payload: Payload, id: String) {
    self.init(
      id: id, sku: payload.sku ?? "", user: payload.user ?? "", stars: payload.stars ?? 0, words: payload.words ?? "",
      written: payload.number("written") ?? 0)
  }

  var payload: Payload {
    var payload = Payload(user: user, sku: sku)
    payload.stars = stars
    payload.words = words
    payload["written"] = .number(written)
    return payload
  }
}

extension Payload {
  /// The stars of several reviews together.
  var sum: Int64? {
    get { number("sum") }
    set { self["sum"] = newValue.map(Value.number) }
  }
}

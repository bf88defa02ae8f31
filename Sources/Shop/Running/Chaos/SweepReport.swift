public import Operations

/// What many runs came to.
public struct SweepReport: Sendable, Codable {
  /// Something that put the invariants to the test, over all seeds.
  public struct Count: Sendable, Codable {
    public var name: String
    public var count: UInt64
    /// The faults that were drawn can cause it: then 0 is a failure of the sweep.
    public var isExpected: Bool
    /// Faults and crashes that were ordered and may have caused it; nil where causes are not counted.
    public var chances: UInt64?
  }

  public struct Failure: Sendable, Codable {
    public var seed: UInt64
    /// What broke: `money is conserved: …`
    public var problems: [String]
    /// A command that runs it again.
    public var replay: String
    /// A command that runs no more than its beginning, which still fails; nil when the sweep was ended before.
    public var prefix: String?
    /// A command that runs the smallest part of it that still fails; nil when it was not looked for.
    public var shortest: String?
  }

  public var first: UInt64
  public var last: UInt64
  /// Nanoseconds under load, of each run.
  public var duration: Int64
  public var rate: Double
  public var mistakes: [Mistake]
  /// Seeds that were run to the end.
  public var done = 0
  /// False when it was ended before its time.
  public var isComplete = true
  public var failures: [Failure] = []
  public var counts: [Count] = []
  /// SHA-256 over the digests of all runs, in the order of their seeds.
  public var digest = ""
  public var wallSeconds = 0.0

  /// What never happened although it could have: none of it in a sweep that was ended early, which proves nothing.
  public var missing: [String] {
    isComplete ? counts.filter { $0.isExpected && $0.count == 0 }.map(\.name) : []
  }

  public var succeeded: Bool { failures.isEmpty && missing.isEmpty && isComplete }

  /// What the program that ran it says to its shell: 0 when it succeeded, 1 when something broke or never happened, and,
  /// as a shell has it after SIGINT, 130 when it was ended early.
  public var exitStatus: Int32 { isComplete ? succeeded ? 0 : 1 : 130 }
}

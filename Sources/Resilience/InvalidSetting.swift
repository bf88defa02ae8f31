/// A setting that cannot be used, in one sentence that says what was given and what would be right.
public struct InvalidSetting: Error, Hashable, Sendable, CustomStringConvertible {
  /// The type of guard the setting belongs to, for example `circuit breaker`.
  public let owner: String
  /// The setting's name as it stands in the settings type.
  public let setting: String
  /// The value that was given.
  public let value: String
  /// What would be right, for example `at least 1`.
  public let requirement: String

  public init(owner: String, setting: String, value: String, requirement: String) {
    self.owner = owner
    self.setting = setting
    self.value = value
    self.requirement = requirement
  }

  public var description: String {
    "\(owner): \(setting) is \(value), it must be \(requirement)"
  }
}

/// Checks the settings of one kind of guard, one requirement at a time.
struct SettingCheck {
  let owner: String

  func require(
    _ isRight: Bool, _ setting: String, _ value: some CustomStringConvertible, _ requirement: String
  ) throws(InvalidSetting) {
    guard !isRight else { return }
    throw InvalidSetting(owner: owner, setting: setting, value: value.description, requirement: requirement)
  }
}

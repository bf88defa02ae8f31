internal import Platform

/// What a call of the platform brings along beside the fields that business knows.
enum Document: Sendable {
  /// An instance registers itself.
  case instance(RegistryInstance)
  /// It takes calls, or no more.
  case status(RegistryStatus)
  case listing(RegistryListing)
  case delta(RegistryDelta)
  case configuration(ShopConfiguration, version: Int)
}

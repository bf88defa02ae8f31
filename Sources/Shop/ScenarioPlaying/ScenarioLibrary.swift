public import Operations
internal import YAMLReading

/// The scenarios in the program itself: the files of the folder `Scenarios`.
public enum ScenarioLibrary {
  private static let files: [(name: String, yaml: [UInt8])] = [
    ("breaker-opens-and-heals", PackageResources.breaker_opens_and_heals_yaml),
    ("retry-storm", PackageResources.retry_storm_yaml),
    ("no-breaker-worker-threads-run-out", PackageResources.no_breaker_worker_threads_run_out_yaml),
    ("slow-consumer", PackageResources.slow_consumer_yaml),
    ("payment-outage-on-a-sale-day", PackageResources.payment_outage_on_a_sale_day_yaml),
    ("database-down-orders-wait", PackageResources.database_down_orders_wait_yaml),
    ("broker-down-orders-accepted", PackageResources.broker_down_orders_accepted_yaml),
    ("outbox-against-dual-write", PackageResources.outbox_against_dual_write_yaml),
    ("poison-message", PackageResources.poison_message_yaml),
    ("crash-and-rebalance", PackageResources.crash_and_rebalance_yaml),
    ("orchestrator-crash", PackageResources.orchestrator_crash_yaml),
    ("inner-join-hangs-orders", PackageResources.inner_join_hangs_orders_yaml),
    ("search-falls-behind", PackageResources.search_falls_behind_yaml),
    ("strangler-cut-over", PackageResources.strangler_cut_over_yaml),
    ("all-gateways-down", PackageResources.all_gateways_down_yaml),
    ("registry-self-preservation", PackageResources.registry_self_preservation_yaml),
    ("too-many-connections", PackageResources.too_many_connections_yaml),
    ("rolling-deployment-of-a-bad-version", PackageResources.rolling_deployment_of_a_bad_version_yaml),
    ("token-revocation", PackageResources.token_revocation_yaml),
    ("sold-out-is-not-a-failure", PackageResources.sold_out_is_not_a_failure_yaml),
    ("credit-limit", PackageResources.credit_limit_yaml),
  ]

  /// In the order in which one learns from them.
  public static let all: [Scenario] = files.map { file in
    let report = YAMLReport(file: "\(file.name).yaml")
    guard let scenario = ScenarioFile.read(String(decoding: file.yaml, as: UTF8.self), report),
      scenario.name == file.name
    else {
      preconditionFailure(
        "a scenario of our own is right, but: \(report.errors.map(\.description).joined(separator: "\n"))")
    }
    return scenario
  }

  public static func named(_ name: String) -> Scenario? { all.first { $0.name == name } }
}

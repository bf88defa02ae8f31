extension SystemSnapshot {
  /// Fills in what follows from the rest: what needs somebody, what is wrong from cause to effect, which rules are broken.
  public mutating func judge() {
    attention = AttentionFinder(snapshot: self).items
    incident = IncidentFinder(snapshot: self).links
    alerts = AlertRules(snapshot: self).items
  }
}

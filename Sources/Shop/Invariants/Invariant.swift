/// What must hold in every run, whatever breaks.
public enum Invariant: String, Sendable, Codable, CaseIterable {
  case everySagaEnds = "every saga ends"
  case stockIsConserved = "stock is conserved"
  case moneyIsConserved = "money is conserved"
  case creditIsConserved = "credit is conserved"
  case viewsAgree = "views agree with their sources"
  case effectsHappenOnce = "effects happen once"
  case compensatedOrdersHoldNothing = "compensated orders hold nothing"
  case spansFormATree = "spans form a tree"
  case eventsFollowCommits = "events follow commits"
  case offsetsStayInTheLog = "offsets stay in the log"
  case bothShopsAgree = "old and new shop agree"
}

// SPDX-License-Identifier: Apache-2.0
package import Postgres

extension LedgerReader {
  /// The statements that carry a decision out, in order, for one transaction.
  ///
  /// A decision about a position that has moved meanwhile changes nothing.
  package func statements(for decision: OffsetDecision) -> [String] {
    let arguments =
      "\(SQL.literal(decision.clusterID)), \(SQL.literal(decision.topic)), \(decision.partition)"
    let reason = SQL.literal(decision.reason)
    let change: String
    if decision.action == .forget {
      change = "\(qualified("daybook_forget_partition"))(\(arguments), \(reason))"
    } else {
      let decide = """
        \(qualified("daybook_decide_offset"))(\(arguments), \(SQL.literal(decision.action.rawValue)), \
        \(decision.oldOffset), \(decision.newOffset), \(reason))
        """
      change =
        decision.acceptsRejectsUntil.map { until in
          "CASE WHEN \(decide) THEN \(qualified("daybook_accept_rejects"))(\(arguments), \(until), \(reason)) "
            + "ELSE false END"
        } ?? decide
    }
    return ["SET LOCAL lock_timeout = '5s'", "SELECT \(change)"]
  }

  /// Carries a decision out; false if the partition has moved since it was looked at.
  package mutating func decide(_ decision: OffsetDecision) throws(PostgresError) -> Bool {
    let all = [Begin.readWrite] + statements(for: decision) + ["COMMIT"]
    let result = try connection.execute(all.joined(separator: ";\n"))
    return result.bool(0, 0) == true && result.commandTag == "COMMIT"
  }
}

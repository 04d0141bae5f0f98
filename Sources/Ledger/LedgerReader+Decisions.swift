// SPDX-License-Identifier: Apache-2.0
package import Postgres

extension LedgerReader {
  /// The statements that carry a decision out, in order, for one transaction.
  ///
  /// The epoch goes up, so that a live owner is fenced and claims again. The anchor is cleared: it
  /// names a record that the operator has just decided not to insist on. The condition on the old
  /// offset makes a decision about a position that has moved meanwhile change nothing.
  package func statements(for decision: OffsetDecision) -> [String] {
    let key = """
      cluster_id = \(SQL.literal(decision.clusterID)) AND topic = \(SQL.literal(decision.topic)) \
      AND partition = \(decision.partition)
      """
    let change = """
      WITH changed AS (
        UPDATE \(table("ingest_offsets"))
           SET next_offset = \(decision.newOffset), epoch = epoch + 1, state = 'active',
               halt_reason = NULL, halt_detail = NULL, halted_at = NULL,
               anchor_offset = NULL, anchor_hash = NULL, log_start_offset = NULL,
               updated_at = clock_timestamp()
         WHERE \(key) AND next_offset = \(decision.oldOffset)
         RETURNING 1)
      INSERT INTO \(table("offset_changes"))
        (cluster_id, topic, partition, action, old_offset, new_offset, reason)
      SELECT \(SQL.literal(decision.clusterID)), \(SQL.literal(decision.topic)), \
      \(decision.partition), \(SQL.literal(decision.action.rawValue)), \(decision.oldOffset), \
      \(decision.newOffset), \(SQL.literal(decision.reason)) FROM changed
      """
    return ["SET LOCAL lock_timeout = '5s'", change]
  }

  /// Carries a decision out; false if the partition has moved since it was looked at.
  package mutating func decide(_ decision: OffsetDecision) throws(PostgresError) -> Bool {
    let all = [Begin.readWrite] + statements(for: decision) + ["COMMIT"]
    let result = try connection.execute(all.joined(separator: ";\n"))
    return result.tags.contains("INSERT 0 1") && result.commandTag == "COMMIT"
  }
}

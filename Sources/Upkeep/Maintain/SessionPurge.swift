// SPDX-License-Identifier: Apache-2.0
import Postgres

/// Removes sign-in sessions that ended long ago, a few thousand in each transaction.
struct SessionPurge {
  /// Days after its revocation, or its expiry if it was not revoked.
  let days: Int

  static let batchRows = 5_000

  /// One batch of each kind; the two conditions have an index each.
  func statements(of table: String) -> [String] {
    let old = "now() - make_interval(days => \(days))"
    return ["revoked_at IS NULL AND expires_at < \(old)", "revoked_at < \(old)"].map { condition in
      """
      DELETE FROM \(table) WHERE session_id = ANY (ARRAY(
        SELECT session_id FROM \(table) WHERE \(condition)
        LIMIT \(Self.batchRows) FOR UPDATE SKIP LOCKED))
      """
    }
  }

  func run(_ session: inout MaintenanceSession, _ tally: inout JobTally) throws(UpkeepError) {
    for statement in statements(of: session.qualified("sessions")) {
      var removed = 0
      repeat {
        removed = try session.run(statement).affectedRows
        tally.actions += removed
      } while removed == Self.batchRows
    }
    if tally.actions > 0 { tally.notes.append("\(tally.actions) sessions removed") }
  }
}

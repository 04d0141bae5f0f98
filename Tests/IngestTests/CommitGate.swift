// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres

/// Stops every COMMIT of a batch in its last step, before it is durable, until it is opened.
///
/// A deferred trigger waits for an advisory lock: what a commit that waits for its standby looks
/// like from outside.
final class CommitGate {
  private let database: TestDatabase
  private var holder: Connection
  private static let key = "4711"

  init(_ database: TestDatabase) throws {
    self.database = database
    holder = try database.connect()
    try holder.execute(
      """
      CREATE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        PERFORM pg_advisory_xact_lock_shared(\(Self.key));
        RETURN NULL;
      END $$;
      CREATE CONSTRAINT TRIGGER gate AFTER UPDATE OF next_offset ON ingest_offsets
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_at_gate();
      SELECT pg_advisory_lock(\(Self.key));
      """)
  }

  /// True once somebody waits; false if nobody came.
  func hasWaiter() throws -> Bool {
    try eventually { try isWaitedFor() }
  }

  func isWaitedFor() throws -> Bool {
    try database.value("SELECT count(*) FROM pg_stat_activity WHERE \(Self.waits)") != "0"
  }

  func terminateWaiters() throws {
    try database.value(
      "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE \(Self.waits)")
  }

  func open() throws {
    try holder.execute("SELECT pg_advisory_unlock(\(Self.key))")
  }

  private static let waits = "datname = current_database() AND wait_event = 'advisory'"
}

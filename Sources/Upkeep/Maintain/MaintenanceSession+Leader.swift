// SPDX-License-Identifier: Apache-2.0
import Postgres
import Sysexits

/// One leader for each schema: an advisory lock that the server takes back when the session ends.
extension MaintenanceSession {
  /// True when this session leads from now on, or has before.
  package mutating func lead() throws(UpkeepError) -> Bool {
    let row = try note("SELECT pg_try_advisory_lock(\(Self.lockKey))", [schema])
    guard let isLeader = row.bool(0, 0) else {
      throw UpkeepError(
        "there is no schema \(schema): run `daybook migrate up`, or correct the setting schema",
        exitCode: .configuration)
    }
    if isLeader { try becomeOwner() }
    return isLeader
  }

  /// The same, or an error that names the leader.
  package mutating func leadOrExplain() throws(UpkeepError) {
    guard try !lead() else { return }
    throw UpkeepError(
      "another daybook maintain (\(try leader())) holds the lock; it does the work",
      exitCode: .temporary)
  }

  /// `host:pid` of the process that leads, as far as the server tells.
  package mutating func leader() throws(UpkeepError) -> String {
    let row = try note(
      """
      SELECT a.application_name, a.client_addr, a.pid
        FROM pg_locks l JOIN pg_database d ON d.oid = l.database
        LEFT JOIN pg_stat_activity a ON a.pid = l.pid
       WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()
         AND l.classid = \(Self.lockClass) AND l.objid = to_regnamespace(quote_ident($1))::oid
         AND l.objsubid = 1
      """, [schema])
    let name = row.text(0, 0) ?? ""
    if let at = name.lastIndex(of: "@") { return String(name[name.index(after: at)...]) }
    return "server process \(row.text(0, 2) ?? "unknown") of \(row.text(0, 1) ?? "another login")"
  }

  /// The class is the upper half of the key, the schema the lower one.
  private static let lockKey =
    "(\(lockClass)::bigint << 32) | to_regnamespace(quote_ident($1))::oid::bigint"
  /// "dayb" in ASCII.
  private static let lockClass = 0x6461_7962
}

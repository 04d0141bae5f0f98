// SPDX-License-Identifier: Apache-2.0
package import Postgres

/// What a PostgreSQL server says of itself to whoever may log in.
package struct ServerFacts: Sendable {
  /// By name, as every new session gets them; without those that this login may not see.
  var settings: [String: String] = [:]
  /// Parameters whose value is that of the login, so that nobody sees the server's.
  var hiddenSettings: [String] = []
  /// 150004 is 15.4.
  var versionNumber = 0
  var encoding = ""
  /// The version of the collation rules that indexes were built with, and the library's; nil where
  /// the provider has none.
  var collationRecorded: String?
  var collationActual: String?
  var database = ""
  var extensions: Set<String> = []
  /// With the few workers of autovacuum and parallel plans: only who reads all statistics can tell
  /// them from the connections of others.
  var connectionCount = 0
  /// Ours is over TLS, or does not leave this host.
  var isProtected = false
  /// How far the server's clock is ahead of this host's.
  var clockSecondsAhead = 0.0
  /// Tables and indexes of the schema: a question over all months locks each.
  var relationCount = 0

  init() {}

  /// Asks for everything; `hostSeconds` tells this host's clock since 1970.
  package init(
    schema: String, _ connection: inout Connection, hostSeconds: () -> Double
  ) throws(PostgresError) {
    (settings, hiddenSettings) = try connection.serverSettings()
    let before = hostSeconds()
    let one = try connection.query(
      """
      SELECT pg_encoding_to_char(encoding), datcollversion, pg_database_collation_actual_version(oid), datname,
        (SELECT sum(numbackends) FROM pg_stat_database),
        extract(epoch FROM clock_timestamp()),
        (SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind IN ('r', 'p', 'i', 'I')),
        coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)
          OR coalesce(inet_client_addr() << '127.0.0.0/8' OR inet_client_addr() = '::1', true)
      FROM pg_database WHERE datname = current_database()
      """, [SQL.identifier(schema)])
    let after = hostSeconds()
    versionNumber = settings["server_version_num"].flatMap { Int($0) } ?? 0
    encoding = one.text(0, 0) ?? ""
    collationRecorded = one.text(0, 1)
    collationActual = one.text(0, 2)
    database = one.text(0, 3) ?? ""
    connectionCount = Int(one.int64(0, 4) ?? 0)
    let serverSeconds = one.text(0, 5).flatMap { Double($0) } ?? before
    // Inside of the time that the question took nobody is wrong.
    clockSecondsAhead =
      serverSeconds < before ? serverSeconds - before : max(0, serverSeconds - after)
    relationCount = Int(one.int64(0, 6) ?? 0)
    isProtected = one.bool(0, 7) ?? false
    let installed = try connection.execute("SELECT extname FROM pg_extension")
    extensions = Set((0..<installed.rowCount).compactMap { installed.text($0, 0) })
  }

  /// Amazon RDS decides some things itself, and takes parameters by its own way.
  var isRDS: Bool { settings["rds.extensions"] != nil }

  func integer(_ name: String) -> Int? { settings[name].flatMap { Int($0) } }

  /// The command that changes a parameter here.
  func change(_ name: String, to value: String, restarts: Bool = false) -> String {
    if isRDS {
      return "set \(name) = \(value) in the parameter group (ops/postgres/parameter-group)"
    }
    let command = "ALTER SYSTEM SET \(name) = \(value); "
    return command + (restarts ? "then restart the server" : "SELECT pg_reload_conf()")
  }
}

extension Connection {
  /// By name, as a new session gets them; not what this client asked for (PGTZ, PGOPTIONS).
  /// `hidden` are those of this login alone; what the database has, other logins get too.
  mutating func serverSettings() throws(PostgresError) -> (
    seen: [String: String], hidden: [String]
  ) {
    let rows = try execute(
      """
      SELECT name, reset_val, source IN ('user', 'database user') FROM pg_settings
      WHERE source <> 'client' ORDER BY 1
      """)
    var seen: [String: String] = [:]
    var hidden: [String] = []
    for row in 0..<rows.rowCount {
      guard let name = rows.text(row, 0) else { continue }
      if rows.bool(row, 2) == true {
        hidden.append(name)
      } else {
        seen[name] = rows.text(row, 1) ?? ""
      }
    }
    return (seen, hidden)
  }
}

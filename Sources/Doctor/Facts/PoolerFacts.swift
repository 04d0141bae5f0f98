// SPDX-License-Identifier: Apache-2.0
package import Postgres

/// What PgBouncer's own database says to one of `stats_users`.
package struct PoolerFacts: Sendable {
  /// SHOW CONFIG.
  var config: [String: String] = [:]
  /// The pool mode of each database that has one of its own.
  var poolModes: [String: String] = [:]
  var waitingClientCount = 0
  /// Of the longest waiting one.
  var waitSeconds = 0

  init() {}

  package init(_ connection: inout Connection) throws(PostgresError) {
    let shown = try connection.execute("SHOW CONFIG")
    for row in 0..<shown.rowCount {
      if let key = shown.text(row, 0) { config[key] = shown.text(row, 1) ?? "" }
    }
    let databases = try Self.rows(of: "SHOW DATABASES", &connection)
    for database in databases {
      // Its own database is always in statement mode.
      if let name = database["name"], name != "pgbouncer" {
        poolModes[name] = database["pool_mode"]
      }
    }
    for pool in try Self.rows(of: "SHOW POOLS", &connection) {
      waitingClientCount += pool["cl_waiting"].flatMap { Int($0) } ?? 0
      waitSeconds = max(waitSeconds, pool["maxwait"].flatMap { Int($0) } ?? 0)
    }
  }

  /// By column: their order differs between versions.
  private static func rows(
    of question: String, _ connection: inout Connection
  ) throws(PostgresError) -> [[String: String]] {
    let result = try connection.execute(question)
    return (0..<result.rowCount).map { row in
      var values: [String: String] = [:]
      for column in 0..<result.columnCount {
        if let value = result.text(row, column) { values[result.name(of: column)] = value }
      }
      return values
    }
  }

  func integer(_ name: String) -> Int? { config[name].flatMap { Int($0) } }
}

// SPDX-License-Identifier: Apache-2.0
import Postgres

extension Books {
  /// For questions that read an index or a small table.
  static let lookupDeadline = Duration.seconds(30)

  /// The quoted and qualified name of a table or function.
  func table(_ name: String) -> String { SQL.identifier(schemaName) + "." + SQL.identifier(name) }

  /// Runs `body` in a transaction; rolls back when it throws.
  mutating func transaction<Result>(
    _ begin: String, commits: Bool = true,
    _ body: (inout Books) throws(PostgresError) -> Result
  ) throws(PostgresError) -> Result {
    try connection.execute(begin)
    do throws(PostgresError) {
      let result = try body(&self)
      try connection.execute(commits ? "COMMIT" : "ROLLBACK")
      return result
    } catch {
      if connection.isUsable { _ = try? connection.execute("ROLLBACK") }
      throw error
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
import Postgres

extension Books {
  /// For questions that read an index or a small table.
  static let lookupDeadline = Duration.seconds(30)

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

// SPDX-License-Identifier: Apache-2.0
import Migrations
import Postgres
import Testing

/// `body` fails with a message that contains `text`.
func expectError<Value>(
  _ text: String, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () throws(MigrationError) -> Value
) {
  do throws(MigrationError) {
    _ = try body()
    Issue.record("no error", sourceLocation: sourceLocation)
  } catch {
    #expect(error.description.contains(text), "\(error)", sourceLocation: sourceLocation)
    #expect(!error.description.contains("\n"), sourceLocation: sourceLocation)
  }
}

/// SQLSTATE of the error, or nil when the statement succeeds.
func sqlState(of sql: String, _ connection: inout Connection) -> String? {
  do throws(PostgresError) {
    try connection.execute(sql)
    return nil
  } catch {
    return error.sqlState.rawValue
  }
}

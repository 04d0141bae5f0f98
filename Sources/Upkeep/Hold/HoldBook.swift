// SPDX-License-Identifier: Apache-2.0
package import Postgres

/// Places and releases legal holds as app_owner; lists them for whoever may read them. One thread
/// at a time.
///
/// The triggers of `legal_holds` journal each change and write a security event.
package struct HoldBook: InSchema, ~Copyable {
  /// A drop that is running holds the lock that a new hold needs, for as long as it takes.
  static let lockSecondsMax = 30
  static let deadline = Duration.seconds(60)

  var connection: Connection
  package let schema: String

  /// Takes the connection over; `schema` is where the tables stand.
  package init(_ connection: consuming Connection, schema: String) {
    self.connection = connection
    self.schema = schema
  }

  /// Places a hold; its number.
  ///
  /// A hold on a table that is not there fails with SQLSTATE 42P01.
  package mutating func add(_ request: HoldRequest) throws(PostgresError) -> Int64 {
    try change(statement(toAdd: request)).int64(0, 0) ?? 0
  }

  /// Releases an active hold; false if there is none of this number.
  package mutating func release(_ id: Int64, reason: String) throws(PostgresError) -> Bool {
    try change(statement(toRelease: id, reason: reason)).rowCount == 1
  }

  package func statement(toAdd request: HoldRequest) -> String {
    let columns: [(String, String?)] = [
      ("tenant_id", request.tenant.map(SQL.literal)),
      ("table_name", request.table.map(SQL.literal)),
      ("held_from", request.from.map { SQL.literal("\($0)") }),
      ("held_to", request.to.map { SQL.literal("\($0)") }),
      ("reason", SQL.literal(request.reason)), ("matter", request.matter.map(SQL.literal)),
    ]
    let given = columns.compactMap { name, value in value.map { (name, $0) } }
    return """
      INSERT INTO \(qualified("legal_holds")) (\(given.map(\.0).joined(separator: ", ")))
      VALUES (\(given.map(\.1).joined(separator: ", "))) RETURNING hold_id
      """
  }

  package func statement(toRelease id: Int64, reason: String) -> String {
    """
    UPDATE \(qualified("legal_holds")) SET release_reason = \(SQL.literal(reason))
    WHERE hold_id = \(id) AND released_at IS NULL RETURNING hold_id
    """
  }

  /// `statement` with what stands around it, for one transaction.
  package func transaction(_ statement: String) -> [String] {
    [
      "BEGIN ISOLATION LEVEL READ COMMITTED", "SET LOCAL ROLE app_owner",
      "SET LOCAL lock_timeout = '\(Self.lockSecondsMax)s'", statement, "COMMIT",
    ]
  }

  private mutating func change(_ statement: String) throws(PostgresError) -> QueryResult {
    do throws(PostgresError) {
      return try connection.execute(
        transaction(statement).joined(separator: ";\n"), deadline: Self.deadline)
    } catch {
      if connection.isUsable { _ = try? connection.execute("ROLLBACK") }
      throw error
    }
  }

  /// Rows of a query; as app_owner, who may read everything, or as the login role.
  mutating func rows(
    _ sql: String, asOwner: Bool = true, statementSeconds: Int = 30
  ) throws(PostgresError) -> [[String?]] {
    let text = """
      BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY; SET LOCAL jit = off; \(asOwner ? "SET LOCAL ROLE app_owner;" : "")
      SET LOCAL statement_timeout = '\(statementSeconds)s'; SET LOCAL timezone = 'UTC';
      SET LOCAL datestyle = 'ISO, MDY'; \(sql); COMMIT
      """
    do throws(PostgresError) {
      let result = try connection.execute(text, deadline: Self.deadline)
      return (0..<result.rowCount).map { row in
        (0..<result.columnCount).map { result.text(row, $0) }
      }
    } catch {
      if connection.isUsable { _ = try? connection.execute("ROLLBACK") }
      throw error
    }
  }

  static func utc(_ expression: String) -> String {
    "to_char(\(expression) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
  }
}

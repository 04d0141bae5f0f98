// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import Sysexits
import Upkeep

extension CommandContext {
  /// The partitioned tables with a policy, or one of them, and the server's clock.
  ///
  /// `asOwner` looks as app_owner when the login may act as it, so that rows under hold are seen.
  func partitionSets(
    _ database: ConnectionSettings, of only: String?, asOwner: Bool = false,
    readsSizes: Bool = false
  ) throws(CommandError) -> (now: Timestamp, sets: [PartitionSet]) {
    let reader = CatalogReader(schema: schema, readsSizes: readsSizes)
    let (now, sets) = try withTransaction(database, readOnly: true) {
      (connection) throws(PostgresError) in
      if asOwner {
        let isMember = try connection.execute(
          """
          SELECT pg_has_role('app_owner', CASE WHEN current_setting('server_version_num')::integer
            >= 160000 THEN 'SET' ELSE 'MEMBER' END)
          """
        ).bool(0, 0)
        if isMember == true { try connection.execute("SET LOCAL ROLE app_owner") }
      }
      return try reader.read(&connection)
    }
    guard let only else { return (now, sets) }
    let found = sets.filter { $0.table == only }
    guard !found.isEmpty else {
      let hint = Suggestion.hint(for: only, among: sets.map(\.table))
      throw CommandError(.noInput, "\(only) has no policy\(hint): see daybook policy list")
    }
    return (now, found)
  }

  /// Runs `body` in a transaction, which also is one server's through a pooler; the connection ends
  /// with it.
  func withTransaction<Result>(
    _ database: ConnectionSettings, readOnly: Bool = false,
    _ body: (inout Connection) throws(PostgresError) -> Result
  ) throws(CommandError) -> Result {
    do throws(PostgresError) {
      var connection = try Connection(database)
      try connection.execute(
        readOnly ? Begin.snapshot : Begin.readWrite)
      let result = try body(&connection)
      try connection.execute("COMMIT")
      return result
    } catch {
      throw CommandError(error, wants: readOnly ? "app_read" : "app_maintain")
    }
  }
}

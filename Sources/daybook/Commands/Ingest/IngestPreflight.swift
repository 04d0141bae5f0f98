// SPDX-License-Identifier: Apache-2.0
import Glibc
import Ingest
import Migrations
import Postgres
import Records
import Telemetry

/// What `daybook ingest` looks at before it joins the group: it starts only on a schema that fits.
enum IngestPreflight {
  /// Differences that the one line names; the others are counted.
  private static let namedDifferencesMax = 4

  /// How long the start waits for a database: PgBouncer, after a login that the server refused,
  /// tries again only every 15 s (server_login_retry).
  private static let outageSecondsMax = 30

  /// While the database is away it is asked again after so long.
  private static let retryMicroseconds: UInt32 = 250_000

  /// Compares the schema with the declared streams and makes the coming partitions.
  ///
  /// An outage is waited out for a while, however it shows itself: nobody listens, nothing answers,
  /// or a pooler answers in the server's place. A stop ends the wait at once.
  static func check(
    _ settings: IngestSettings, isStopped: () -> Bool
  ) throws(CommandError) {
    let question = ServerQuestion { Result { () throws(CommandError) in try ask(settings) } }
    let answer = question.wait(isStopped: isStopped)
    if !isStopped() { try answer?.get() }
  }

  private static func ask(_ settings: IngestSettings) throws(CommandError) {
    let deadline = ContinuousClock.now + .seconds(outageSecondsMax)
    var hasTold = false
    while true {
      let found: Result<CommandError?, PostgresError>
      do throws(PostgresError) {
        found = .success(try look(settings, within: max(.seconds(1), deadline - .now)))
      } catch {
        found = .failure(error)
      }
      switch found {
      case .success(let fault):
        if let fault { throw fault }
        return
      case .failure(let error):
        guard error.isOutage, ContinuousClock.now < deadline else { throw CommandError(error) }
        if !hasTold {
          Log.warn("the database is away, it is tried again", ["error": LogValue("\(error)")])
        }
        hasTold = true
        usleep(retryMicroseconds)
      }
    }
  }

  /// What hinders the start; the rest is made.
  private static func look(
    _ settings: IngestSettings, within deadline: Duration
  ) throws(PostgresError) -> CommandError? {
    var connection = try Connection(settings.database, deadline: deadline)
    let found = try differences(
      schema: settings.schema, streams: settings.sources.map(\.stream), &connection)
    for warning in found where warning.isWarning {
      Log.warn("the schema differs", ["difference": LogValue("\(warning)")])
    }
    let differences = found.filter { !$0.isWarning }
    guard differences.allSatisfy(\.isMissingPartition) else { return fault(of: differences) }
    try makePartitions(settings, &connection)
    return nil
  }

  /// How the database differs from what these streams are stored in.
  static func differences(
    schema: String, streams: [Stream] = Stream.all, _ connection: inout Connection
  ) throws(PostgresError) -> [SchemaDifference] {
    let tables = streams.flatMap { stream in
      [table(stream.table, stream.storedColumns)]
        + stream.sums.map { table($0.table, $0.storedColumns(of: stream)) }
    }
    return try SchemaCheck(schema: schema, tables: tables, daybookVersion: Daybook.version)
      .differences(&connection)
  }

  private static func table(_ name: String, _ columns: [StoredColumn]) -> SchemaCheck.Table {
    (name: name, columns: columns.map { (name: $0.name, sqlType: $0.sqlType) })
  }

  /// One line for all differences; one that makes the others meaningless stands alone.
  static func fault(of differences: [SchemaDifference]) -> CommandError? {
    guard let gravest = differences.first(where: \.hidesOthers) ?? differences.first else {
      return nil
    }
    let relevant = gravest.hidesOthers ? [gravest] : differences
    let named = relevant.prefix(namedDifferencesMax).map(\.description)
    let rest = relevant.count - named.count
    return CommandError(
      gravest.exitCode,
      "postgres: " + named.joined(separator: "; ") + (rest > 0 ? "; and \(rest) more" : ""))
  }

  private static func makePartitions(
    _ settings: IngestSettings, _ connection: inout Connection
  ) throws(PostgresError) {
    try connection.execute(
      "\(Begin.readWrite); SELECT * FROM \(SQL.identifier(settings.schema)).daybook_ensure_runway(); COMMIT"
    )
  }
}

extension PostgresError {
  /// The server, or the way to it, is away: the same is worth trying again.
  fileprivate var isOutage: Bool { recovery == .reconnect || recovery == .retry }
}

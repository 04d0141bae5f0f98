// SPDX-License-Identifier: Apache-2.0
import Sysexits

/// What a SQLSTATE means for Daybook: recovery, sysexits code and a sentence for the operator.
struct Advice {
  let recovery: PostgresError.Recovery
  let exitCode: ExitCode
  let remedy: String

  init(for state: SQLState) {
    self = Self.byState[state] ?? Self.byClass[String(state.classCode)] ?? Self.other
  }

  private init(_ recovery: PostgresError.Recovery, _ exitCode: ExitCode, _ remedy: String) {
    self.recovery = recovery
    self.exitCode = exitCode
    self.remedy = remedy
  }

  private static let other = Advice(.stop, .software, "look the SQLSTATE up in the server's log")

  private static let migrate = Advice(
    .stop, .configuration, "run `daybook migrate status`, then `daybook migrate up`")

  private static let byState: [SQLState: Advice] = [
    .fenced: Advice(.fenced, .temporary, "another process owns the partitions now; nothing to do"),
    .calendarChanged: Advice(
      .fenced, .temporary, "a time zone was changed meanwhile; the records are read again"),
    .strayRows: Advice(
      .stop, .software,
      "another client left tables of Daybook's names on the pooled connection; end it"),
    .pricesLost: Advice(
      .fenced, .temporary,
      "the database was restored to before a change of prices; the records are read again"
    ),
    .readOnlyTransaction: Advice(
      .reconnect, .unavailable,
      "the server is read-only (a standby, or a failover); connect to the primary"),
    .invalidPassword: Advice(
      .stop, .noPermission,
      "check user and password (PGPASSWORD, password file, or the connection string)"),
    .invalidCatalogName: Advice(
      .stop, .configuration, "create the database, or correct dbname in the connection string"),
    .insufficientPrivilege: Advice(
      .stop, .noPermission, "grant the login role its Daybook group role (app_write, app_read, …)"),
    .duplicateTable: Advice(
      .stop, .configuration,
      "a table of that name is in the way: attach it, finish its detach, or rename it"),
    .undefinedTable: migrate,
    .undefinedColumn: migrate,
    .undefinedFunction: migrate,
    .invalidSchemaName: migrate,
    .tooManyConnections: Advice(
      .retry, .unavailable, "raise the connection limit, or lower --workers; it is tried again"),
    .held: Advice(.stop, .temporary, "it is kept until the hold is released: daybook hold list"),
    .notInPrerequisiteState: Advice(
      .retry, .temporary, "it is not as this needs it: look at daybook partitions list"),
    .lockNotAvailable: Advice(.retry, .temporary, "another session holds the lock; try again"),
    .queryCanceled: Advice(
      .retry, .temporary, "it was cancelled or ran into statement_timeout; try again"),
    .configFileError: Advice(.stop, .configuration, "correct the connection settings"),
    // A migration that would lose rows does not go down.
    .raiseException: Advice(.stop, .data, "the rows that are there do not allow it"),
  ]

  private static let byClass: [String: Advice] = [
    "08": Advice(
      .reconnect, .unavailable,
      "check host, port and network, and that the server (behind a pooler too) runs"
    ),
    "22": Advice(.data, .data, "the data do not fit the column"),
    "23": Advice(.data, .data, "the data violate a constraint"),
    "25": Advice(.reconnect, .software, "the transaction is in a wrong state; connect again"),
    "28": Advice(
      .stop, .noPermission, "check user and password, pg_hba.conf, and the pooler's user list"),
    "3D": Advice(.stop, .configuration, "correct dbname in the connection string"),
    "40": Advice(.retry, .temporary, "it was rolled back because of concurrent work; try again"),
    "53": Advice(
      .retry, .unavailable, "the server is short of resources (disk, memory, connections)"),
    "54": Advice(.data, .data, "the data exceed a limit of the server"),
    "55": Advice(.retry, .temporary, "the object is in use; try again"),
    "57": Advice(.reconnect, .unavailable, "the server is shutting down or starting; try again"),
    "58": Advice(.reconnect, .unavailable, "the server had a system error; see its log"),
    "F0": Advice(.stop, .configuration, "correct the configuration"),
    "XX": Advice(.reconnect, .software, "the server had an internal error; see its log"),
  ]
}

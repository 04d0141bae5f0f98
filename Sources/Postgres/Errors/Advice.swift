// SPDX-License-Identifier: Apache-2.0

/// What a SQLSTATE means for Daybook: recovery, sysexits code and a sentence for the operator.
struct Advice {
  let recovery: PostgresError.Recovery
  let exitCode: Int32
  let remedy: String

  init(for state: SQLState) {
    self = Self.byState[state] ?? Self.byClass[String(state.classCode)] ?? Self.other
  }

  private init(_ recovery: PostgresError.Recovery, _ exitCode: Int32, _ remedy: String) {
    self.recovery = recovery
    self.exitCode = exitCode
    self.remedy = remedy
  }

  private static let other = Advice(.stop, 70, "look the SQLSTATE up in the server's log")

  private static let migrate = Advice(
    .stop, 78, "run `daybook migrate status`, then `daybook migrate up`")

  private static let byState: [SQLState: Advice] = [
    .fenced: Advice(.fenced, 75, "another process owns the partitions now; nothing to do"),
    .calendarChanged: Advice(
      .fenced, 75, "a time zone was changed meanwhile; the records are read again"),
    .strayRows: Advice(
      .stop, 70, "another client left tables of Daybook's names on the pooled connection; end it"),
    .pricesLost: Advice(
      .fenced, 75,
      "the database was restored to before a change of prices; the records are read again"
    ),
    .readOnlyTransaction: Advice(
      .reconnect, 69, "the server is read-only (a standby, or a failover); connect to the primary"),
    .invalidPassword: Advice(
      .stop, 77, "check user and password (PGPASSWORD, password file, or the connection string)"),
    .invalidCatalogName: Advice(
      .stop, 78, "create the database, or correct dbname in the connection string"),
    .insufficientPrivilege: Advice(
      .stop, 77, "grant the login role its Daybook group role (app_write, app_read, …)"),
    .duplicateTable: Advice(
      .stop, 78, "a table of that name is in the way: attach it, finish its detach, or rename it"),
    .undefinedTable: migrate,
    .undefinedColumn: migrate,
    .undefinedFunction: migrate,
    .invalidSchemaName: migrate,
    .tooManyConnections: Advice(
      .retry, 69, "raise the connection limit, or lower --workers; it is tried again"),
    .held: Advice(.stop, 75, "it is kept until the hold is released: daybook hold list"),
    .notInPrerequisiteState: Advice(
      .retry, 75, "it is not as this needs it: look at daybook partitions list"),
    .lockNotAvailable: Advice(.retry, 75, "another session holds the lock; try again"),
    .queryCanceled: Advice(.retry, 75, "it was cancelled or ran into statement_timeout; try again"),
    .configFileError: Advice(.stop, 78, "correct the connection settings"),
  ]

  private static let byClass: [String: Advice] = [
    "08": Advice(
      .reconnect, 69, "check host, port and network, and that the server (behind a pooler too) runs"
    ),
    "22": Advice(.data, 65, "the data do not fit the column"),
    "23": Advice(.data, 65, "the data violate a constraint"),
    "25": Advice(.reconnect, 70, "the transaction is in a wrong state; connect again"),
    "28": Advice(.stop, 77, "check user and password, pg_hba.conf, and the pooler's user list"),
    "3D": Advice(.stop, 78, "correct dbname in the connection string"),
    "40": Advice(.retry, 75, "it was rolled back because of concurrent work; try again"),
    "53": Advice(.retry, 69, "the server is short of resources (disk, memory, connections)"),
    "54": Advice(.data, 65, "the data exceed a limit of the server"),
    "55": Advice(.retry, 75, "the object is in use; try again"),
    "57": Advice(.reconnect, 69, "the server is shutting down or starting; try again"),
    "58": Advice(.reconnect, 69, "the server had a system error; see its log"),
    "F0": Advice(.stop, 78, "correct the configuration"),
    "XX": Advice(.reconnect, 70, "the server had an internal error; see its log"),
  ]
}

// SPDX-License-Identifier: Apache-2.0
import Postgres
package import Sysexits

/// One exact difference between the database and what this program needs.
package enum SchemaDifference: Sendable, Equatable, CustomStringConvertible {
  /// 0: never migrated.
  case oldSchema(found: Int64, needed: Int64)
  case readOnlyServer
  /// Good records would be refused for their characters.
  case encoding(DatabaseEncoding)
  case missingTable(String)
  case missingColumn(table: String, column: String, type: String)
  case wrongType(table: String, column: String, found: String, needed: String)
  /// A column that this program does not fill, although it must not be null.
  case unknownRequiredColumn(table: String, column: String)
  /// `month` as "2026-01".
  case missingPartition(table: String, month: String)
  /// Somebody could make functions of the schema do what he wants.
  case untrusted(SchemaIntruder)
  /// The login role may not call the functions of the ingest protocol.
  case missingGrant(role: String)
  /// A function or view is another one; `hinders`: it is no newer one, and the program needs its
  /// own.
  case object(ObjectDifference, hinders: Bool)

  package var description: String {
    switch self {
    case .oldSchema(0, let needed):
      "the schema was never migrated, this program needs version \(needed); run `daybook migrate up`,"
        + " or correct the database or --schema"
    case .oldSchema(let found, let needed):
      "the schema has version \(found), this program needs \(needed); run `daybook migrate up`"
    case .readOnlyServer:
      "the server is read-only; connect to the primary"
    case .encoding(let encoding):
      encoding.description
    case .missingTable(let table):
      "table \(table) is missing; run `daybook migrate up`, or check --schema"
    case .missingColumn(let table, let column, let type):
      "column \(table).\(column) (\(type)) is missing; run `daybook migrate up`"
    case .wrongType(let table, let column, let found, let needed):
      "column \(table).\(column) has type \(found) and must have \(needed)"
    case .unknownRequiredColumn(let table, let column):
      "column \(table).\(column) is NOT NULL without a default and unknown to this program;"
        + " give it a default, or use a newer release"
    case .missingPartition(let table, let month):
      "table \(table) has no partition for \(month); run `SELECT * FROM daybook_ensure_runway()`"
    case .untrusted(let intruder):
      intruder.description
    case .missingGrant(let role):
      "role \(role) may not write; run `GRANT app_write TO \(SQL.identifier(role))` as a superuser or"
        + " the owner of that group"
    case .object(let difference, _):
      difference.description
    }
  }

  /// The program can start all the same, and whoever runs it should know.
  package var isWarning: Bool {
    if case .object(_, hinders: false) = self { true } else { false }
  }

  package var isEncoding: Bool {
    if case .encoding = self { true } else { false }
  }

  package var isMissingPartition: Bool {
    if case .missingPartition = self { true } else { false }
  }

  /// True for what would make every other difference disappear, or come out otherwise.
  package var hidesOthers: Bool {
    switch self {
    case .readOnlyServer, .oldSchema, .missingGrant: true
    default: false
    }
  }

  /// The sysexits code for a command that cannot go on with it.
  package var exitCode: ExitCode {
    switch self {
    case .readOnlyServer: .unavailable
    case .missingGrant: .noPermission
    default: .configuration
    }
  }
}

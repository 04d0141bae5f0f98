// SPDX-License-Identifier: Apache-2.0
import Postgres

/// A database that keeps texts in another encoding than UTF-8.
///
/// It refuses every character that it has none for, and `jsonb` every `\u00e9`: migrations stop in
/// the middle, and good records are refused one by one.
package struct DatabaseEncoding: Sendable, Equatable, CustomStringConvertible {
  package let database: String
  package let name: String

  package init(database: String, name: String) {
    self.database = database
    self.name = name
  }

  package var description: String {
    "database \(database) has encoding \(name), and records are UTF-8: make one with CREATE DATABASE"
      + " … ENCODING 'UTF8' TEMPLATE template0, and restore into it what there is"
  }

  /// Nil where it is UTF-8.
  static func wrong(_ connection: inout Connection) throws(PostgresError) -> DatabaseEncoding? {
    let found = try connection.query(
      """
      SELECT pg_encoding_to_char(encoding), quote_ident(datname) FROM pg_database
      WHERE datname = current_database() AND encoding <> pg_char_to_encoding('UTF8')
      """)
    guard found.rowCount > 0 else { return nil }
    return DatabaseEncoding(database: found.text(0, 1) ?? "", name: found.text(0, 0) ?? "")
  }
}

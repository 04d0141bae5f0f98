// SPDX-License-Identifier: Apache-2.0

/// A connection string as libpq understands it, checked so that no later message can leak a secret.
///
/// libpq quotes pieces of the string in its errors. A password with an unescaped `@`, `/` or `?`
/// ends up in the host, port or database name, and from there in a log: such strings are refused
/// here, without quoting anything.
package struct ConnectionString: CustomStringConvertible {
  /// Only what the string itself sets; neither environment nor service file.
  ///
  /// Holds secrets.
  package let options: [String: String]

  /// Throws one and the same error for anything that libpq or we refuse.
  package init(_ conninfo: String) throws(PostgresError) {
    guard !conninfo.utf8.contains(0) else { throw Self.malformed }
    guard let parsed = ConnectionOptions(conninfo) else { throw Self.malformed }
    options = parsed.values
    guard isUnambiguous else { throw Self.malformed }
  }

  /// The options that cannot hold a secret, in a fixed order.
  package var description: String {
    let shown = Self.shownKeywords.compactMap { keyword in
      options[keyword].map { "\(keyword)=\($0)" }
    }
    return shown.isEmpty ? "(PG* environment and defaults)" : shown.joined(separator: " ")
  }

  private var isUnambiguous: Bool {
    let database = options["dbname"] ?? ""
    return !(options["host"] ?? "").dropFirst().contains("@")
      && (options["port"] ?? "").utf8.allSatisfy { Self.portBytes.contains($0) }
      && !database.contains("@") && !database.contains("=") && !database.contains("://")
  }

  private static let portBytes = Set("0123456789,".utf8)

  private static let shownKeywords = [
    "service", "host", "hostaddr", "port", "dbname", "user", "sslmode", "target_session_attrs",
  ]

  private static let malformed = PostgresError(
    .configFileError, "the connection string cannot be read", phase: .connecting,
    remedy: "write a URI postgresql://user@host:port/database with reserved characters of the"
      + " password percent-encoded (@ is %40, / is %2F), or key='value' pairs with values quoted")
}

// SPDX-License-Identifier: Apache-2.0

/// How to reach a database: what the user wrote, and what we add when he did not write it.
package struct ConnectionSettings: Sendable, CustomStringConvertible {
  /// A URI or `key=value` string; "" leaves everything to `PG*`, service file and password file.
  ///
  /// May contain a password: print `description`, never this.
  package var conninfo: String
  /// Reads the same again where it stands in a file, in which a password may have been changed; nil
  /// from it when that cannot be read now. Any thread.
  package var reread: (@Sendable () -> String?)?
  /// Shown in pg_stat_activity unless the user names another one; cut to 63 bytes of ASCII.
  package var applicationName: String
  /// Upper bound for opening a connection; a shorter `connect_timeout` of the user wins.
  package var connectTimeoutSeconds: Int

  package static let connectTimeoutSecondsDefault = 15

  package init(
    conninfo: String, applicationName: String,
    connectTimeoutSeconds: Int = Self.connectTimeoutSecondsDefault
  ) {
    self.conninfo = conninfo
    self.applicationName = Self.printable(applicationName)
    self.connectTimeoutSeconds = connectTimeoutSeconds
  }

  /// Whether the next connection may log in with another password than this one: it stands in a
  /// file, ours or libpq's (password file, service file), and each connection reads it anew.
  package var readsPasswordAnew: Bool {
    if reread != nil { return true }
    guard let parsed = try? ConnectionString(conninfo) else { return false }
    return PasswordFile.isRead(parsed.options)
  }

  /// What a new connection is opened with.
  var current: String { reread?() ?? conninfo }

  /// Where it leads, without secrets: `host=db port=6432 dbname=daybook user=ingest`.
  package var description: String {
    guard let parsed = try? ConnectionString(conninfo) else {
      return "(connection string that cannot be read)"
    }
    return parsed.description
  }

  /// PostgreSQL cuts the name at NAMEDATALEN - 1 bytes and replaces what is not printable ASCII.
  private static func printable(_ name: String) -> String {
    let bytes = name.utf8.prefix(applicationNameBytesMax).map { byte in
      (0x20..<0x7f).contains(byte) ? byte : UInt8(ascii: "?")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static let applicationNameBytesMax = 63
}

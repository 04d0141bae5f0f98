// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The password file, which libpq ignores with a mere warning when others can read it.
enum PasswordFile {
  /// Whether libpq takes the password from a file, for each connection anew: a service file, or,
  /// where neither the connection string nor the environment has a password, the password file.
  ///
  /// Without either the login has no password, but a certificate or the like.
  static func isRead(
    _ options: [String: String], _ variable: (String) -> String? = Self.environment
  ) -> Bool {
    if (options["service"] ?? variable("PGSERVICE")) != nil { return true }
    return asked(options, variable).map { mode(of: $0) != nil } ?? false
  }

  /// Throws when the file that libpq would look into is open to the group or the world.
  static func check(_ options: [String: String]) throws(PostgresError) {
    guard let path = asked(options, Self.environment), let mode = mode(of: path),
      mode & (S_IRWXG | S_IRWXO) != 0
    else { return }
    throw PostgresError(
      .configFileError, "the password file \(path) can be read by others and is not used",
      phase: .connecting, remedy: "run `chmod 600` on it")
  }

  /// The path that libpq would look at; nil where it has a password already.
  private static func asked(
    _ options: [String: String], _ variable: (String) -> String?
  ) -> String? {
    guard (options["password"] ?? "").isEmpty, variable("PGPASSWORD") == nil else { return nil }
    return options["passfile"] ?? variable("PGPASSFILE") ?? variable("HOME").map { $0 + "/.pgpass" }
  }

  /// Nil unless it is a regular file; anything else is no password file for libpq.
  private static func mode(of path: String) -> mode_t? {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return status.st_mode
  }

  private static func environment(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }
}

// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The password file, which libpq ignores with a mere warning when others can read it.
enum PasswordFile {
  /// Whether libpq looks for the password in files, for each connection anew: neither the
  /// connection string nor the environment, which both stay as they are, has one.
  static func isAsked(
    _ options: [String: String], variable: String? = Self.environment("PGPASSWORD")
  ) -> Bool {
    (options["password"] ?? "").isEmpty && (variable ?? "").isEmpty
  }

  /// Throws when the file that libpq would look into is open to the group or the world.
  static func check(_ options: [String: String]) throws(PostgresError) {
    guard isAsked(options),
      let path = options["passfile"] ?? environment("PGPASSFILE") ?? defaultPath
    else { return }
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_mode & (S_IRWXG | S_IRWXO) != 0
    else { return }
    throw PostgresError(
      .configFileError, "the password file \(path) can be read by others and is not used",
      phase: .connecting, remedy: "run `chmod 600` on it")
  }

  private static var defaultPath: String? { environment("HOME").map { $0 + "/.pgpass" } }

  static func environment(_ name: String) -> String? {
    unsafe getenv(name).map { unsafe String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }
}

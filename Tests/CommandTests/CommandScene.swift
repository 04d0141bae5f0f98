// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Postgres
import Sysexits
import daybook

/// Whole commands in this process, against a database of their own.
struct CommandScene {
  let database: TestDatabase

  static func with(
    on server: TestServer? = nil, _ body: (CommandScene) throws -> Void
  ) throws {
    try TestDatabase.with(on: server) { try body(CommandScene(database: $0)) }
  }

  /// Exit code and standard output; a fault's message instead of the output.
  func run(
    _ arguments: [String], _ environment: [String: String] = [:]
  ) throws -> (code: ExitCode, output: String) {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("daybook-\(UUID().uuidString)")
    try Data().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let handle = try FileHandle(forWritingTo: file)
    let url = try database.settings().conninfo
    let all = ["DAYBOOK_DATABASE_URL": url, "DAYBOOK_ADMIN_DATABASE_URL": url]
      .merging(environment) { $1 }
    do throws(CommandError) {
      let code = try Daybook.dispatch(
        arguments, all, Output(descriptor: handle.fileDescriptor))
      try? handle.close()
      return (code, (try? String(contentsOf: file, encoding: .utf8)) ?? "")
    } catch {
      try? handle.close()
      return (error.exitCode, error.message)
    }
  }

  func json(
    _ arguments: [String], _ environment: [String: String] = [:]
  ) throws -> Any {
    let output = try run(arguments + ["--json"], environment).output
    return try JSONSerialization.jsonObject(with: Data(output.utf8), options: .fragmentsAllowed)
  }
}

// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Postgres
import Sysexits
import daybook

/// Commands in this process, on a test's own database.
struct CommandRun {
  let environment: [String: String]

  init(_ settings: ConnectionSettings, _ more: [String: String] = [:]) {
    environment = ["DAYBOOK_DATABASE_URL": settings.conninfo].merging(more) { $1 }
  }

  init(_ database: TestDatabase) throws { try self.init(database.settings()) }

  /// What it answered and wrote to standard output.
  func callAsFunction(_ arguments: String...) throws -> (code: ExitCode, output: String) {
    try callAsFunction(arguments)
  }

  func callAsFunction(_ arguments: [String]) throws -> (code: ExitCode, output: String) {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("daybook-\(UUID().uuidString)")
    try Data().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let handle = try FileHandle(forWritingTo: file)
    let code = Daybook.run(
      arguments, environment: environment, output: Output(descriptor: handle.fileDescriptor))
    try handle.close()
    return (code, try String(contentsOf: file, encoding: .utf8))
  }
}

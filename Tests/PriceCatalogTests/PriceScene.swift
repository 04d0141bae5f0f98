// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import DaybookTesting
import Foundation
import Postgres
import PriceCatalog
import Pricing
import Sysexits
import Testing
import daybook

/// A migrated database, and commands of one login on it, in this process.
struct PriceScene {
  static let finance = "daybook_test_finance"

  let database: TestDatabase
  let environment: [String: String]

  static func with(
    memberOf group: String = "app_finance", _ body: (PriceScene) throws -> Void
  ) throws {
    try TestDatabase.with { database in
      let login = group == "app_finance" ? finance : "daybook_test_only_\(group)"
      try database.server.makeLogin(login, memberOf: [group])
      let settings = try database.settings(.direct, ["user": login, "password": "test"])
      try body(
        PriceScene(
          database: database, environment: ["DAYBOOK_DATABASE_URL": settings.conninfo]))
    }
  }

  /// What the command answered and wrote to standard output.
  func run(_ arguments: String...) throws -> (code: ExitCode, output: String) {
    try run(arguments)
  }

  /// Imports `text` as a price list.
  func importing(_ text: String, _ options: String...) throws -> (code: ExitCode, output: String) {
    try importing(text, options)
  }

  func importing(_ text: String, _ options: [String]) throws -> (code: ExitCode, output: String) {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("prices-\(UUID().uuidString).json")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let arguments = ["import", file.path, "--format", "litellm", "--source", "list"] + options
    return try run(arguments)
  }

  /// Prices the calls of this month again.
  func reprice() throws {
    let month = Timestamp.now().month
    let nowhere = try FileHandle(forWritingTo: URL(fileURLWithPath: "/dev/null"))
    let code = Daybook.run(
      ["reprice", "--from", "\(month)", "--to", "\(month.next)", "--reason", "test", "--yes"],
      environment: environment, output: Output(descriptor: nowhere.fileDescriptor))
    try nowhere.close()
    #expect(code == .success)
  }

  /// `set` does not ask.
  func run(_ arguments: [String]) throws -> (code: ExitCode, output: String) {
    try asking(arguments + (arguments.first == "set" ? ["--yes"] : []))
  }

  /// As a script that gave no --yes: there is no terminal to ask on.
  func asking(_ arguments: [String]) throws -> (code: ExitCode, output: String) {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("daybook-\(UUID().uuidString)")
    try Data().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let handle = try FileHandle(forWritingTo: file)
    let code = Daybook.run(
      ["prices"] + arguments, environment: environment,
      output: Output(descriptor: handle.fileDescriptor))
    try handle.close()
    return (code, try String(contentsOf: file, encoding: .utf8))
  }

  func book(asOf version: Int64? = nil) throws -> PriceBook {
    var connection = try database.connect(as: Self.finance)
    return try PriceCatalog(schema: "public").load(&connection, asOf: version)
  }

  /// `input_price` of each row that counts: `openai/gpt-5 standard 0 0.000003`.
  func rows() throws -> [String] {
    var connection = try database.connect()
    let result = try connection.execute(
      """
      SELECT concat_ws(' ', concat_ws('/', provider, nullif(region, ''), model), service_tier, min_input_tokens,
        trim_scale(input_price), effective_from AT TIME ZONE 'UTC', effective_to AT TIME ZONE 'UTC')
        FROM model_prices WHERE superseded_by IS NULL
       ORDER BY provider, model, region, service_tier, min_input_tokens, effective_from
      """)
    return (0..<result.rowCount).compactMap { result.text($0, 0) }
  }
}

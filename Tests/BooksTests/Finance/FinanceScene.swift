// SPDX-License-Identifier: Apache-2.0
import Books
import DaybookTesting
import Foundation
import Postgres
import Sysexits
import daybook

/// A store that adds up: two tenants, two months, prices, and a directory for files.
///
/// `acme` bills by Europe/Berlin, `globex` by UTC. Every record of the month before the last one is
/// there when that month is closed by `close`.
struct FinanceScene {
  let database: TestDatabase
  let directory: URL
  /// Two months ago and one month ago, `YYYY-MM`: both are over in every zone.
  let first: String
  let second: String
  let present: String

  static func with(_ body: (FinanceScene) throws -> Void) throws {
    try TestDatabase.with { database in
      let directory = FileManager.default.temporaryDirectory
        .appendingPathComponent("daybook-finance-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: directory) }
      func month(_ back: Int) throws -> String {
        try database.value(
          "SELECT to_char(now() AT TIME ZONE 'UTC' - interval '\(back) months', 'YYYY-MM')") ?? ""
      }
      let scene = FinanceScene(
        database: database, directory: directory, first: try month(2), second: try month(1),
        present: try month(0))
      try scene.fill()
      try body(scene)
    }
  }

  private func fill() throws {
    try database.makePartition(of: "invocations", monthsAgo: 2)
    try run(
      """
      SELECT daybook_set_tenant('acme', '{"display_name": "=Acme, Inc.", "payer": "P-1"}', 'new');
      SELECT daybook_set_tenant('acme', '{"time_zone": "Europe/Berlin"}', 'new')
      """)
    try price("claude-x", input: "0.000003", output: "0.000015", cacheRead: "0.0000003")
    var records: [String] = []
    func add(_ tenant: String, _ model: String, at time: String) {
      records.append(record(tenant, at: time, model: model, number: records.count + 1))
    }
    for month in [first, second] {
      for (tenant, model) in [("acme", "claude-x"), ("acme", "mystery"), ("globex", "claude-x")] {
        for time in ["05T00:30", "05T13:30", "27T23:30"] {
          add(tenant, model, at: "'\(month)-\(time):00Z'")
        }
      }
    }
    // Still the first month by UTC, the second one in Berlin.
    add("acme", "claude-x", at: "'\(second)-01T00:00:00Z'::timestamptz - interval '30 minutes'")
    add("globex", "claude-x", at: "'\(second)-01T00:00:00Z'::timestamptz - interval '30 minutes'")
    try run(records.joined(separator: ";\n"))
    try rebuild()
  }

  /// A record as ingest prices it: claude-x by the catalogue of the beginning, mystery not at all,
  /// every fifth by its producer.
  func record(_ tenant: String, at time: String, model: String, number: Int) -> String {
    let cost =
      number % 5 == 0
      ? "0.123456789012, 'USD', 'producer', 'p7'"
      : model == "mystery"
        ? "NULL, NULL, 'none', NULL"
        : """
        ((1000 + \(number) - 400) * 0.000003 + 400 * 0.0000003 + (200 + \(number)) * 0.000015)::numeric(24,12),
          'USD', 'computed', (SELECT max(price_id)::text FROM model_prices WHERE superseded_by IS NULL)
        """
    return """
      INSERT INTO invocations (invocation_id, occurred_at, tenant_id, project_id, provider,
        operation, request_model, response_model, input_tokens, output_tokens,
        cache_read_input_tokens, reasoning_output_tokens, service_tier, cost, currency, cost_source,
        price_version, status, content_sha256, ingested_at, source_topic, source_partition,
        source_offset)
      SELECT ('0190b7c2-6f3e-7c1a-9a53-' || lpad('\(number)', 12, '0'))::uuid, \(time), '\(tenant)',
        CASE WHEN \(number) % 2 = 0 THEN 'search' END, 'anthropic', 'chat', '\(model)', NULL,
        1000 + \(number), 200 + \(number), 400, 50, 'standard', \(cost), 'success', '\\x00', now(),
        'calls', 0, \(number)
      """
  }

  func price(
    _ model: String, input: String, output: String, cacheRead: String? = nil,
    from: String = "2020-01-01", format: String = "manual"
  ) throws {
    let cache = cacheRead.map { ", \"cache_read_input_price\": \"\($0)\"" } ?? ""
    try run(
      """
      SELECT daybook_change_prices((SELECT coalesce(max(version), 0) FROM price_versions), 'contract',
        '\(format)', NULL, '{}', '[{"provider": "anthropic", "model": "\(model)",
          "service_tier": "standard", "min_input_tokens": 0, "currency": "USD",
          "input_price": "\(input)", "output_price": "\(output)"\(cache),
          "effective_from": "\(from)"}]', '[]')
      """)
  }

  /// Makes the rollups of open months again from the records and adjustments.
  func rebuild() throws {
    try run("SELECT daybook_rebuild_tenant(t) FROM unnest(ARRAY['acme', 'globex']) AS t")
  }

  func close(_ month: String) throws {
    try run("SELECT daybook_close_period('\(month)-01', 'over')")
  }

  @discardableResult
  func run(_ sql: String) throws -> String? { try database.value("SET timezone = 'UTC'; " + sql) }

  func books(_ route: TestRoute = .direct) throws -> Books {
    Books(try database.connect(route), schema: "public")
  }

  func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

  func text(_ name: String) throws -> String {
    try String(contentsOf: directory.appendingPathComponent(name), encoding: .utf8)
  }

  /// Exit code and standard output of a command; a fault's message instead.
  func command(
    _ arguments: String..., route: TestRoute = .direct, login: String? = nil
  ) throws -> (code: ExitCode, output: String) {
    try command(arguments, route: route, login: login)
  }

  func command(
    _ arguments: [String], route: TestRoute = .direct, login: String? = nil
  ) throws -> (code: ExitCode, output: String) {
    let file = directory.appendingPathComponent(UUID().uuidString)
    try Data().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let handle = try FileHandle(forWritingTo: file)
    let options = login.map { ["user": $0, "password": "test"] } ?? [:]
    let environment = ["DAYBOOK_DATABASE_URL": try database.settings(route, options).conninfo]
    do throws(CommandError) {
      let code = try Daybook.dispatch(
        arguments, environment, Output(descriptor: handle.fileDescriptor))
      try? handle.close()
      return (code, (try? String(contentsOf: file, encoding: .utf8)) ?? "")
    } catch {
      try? handle.close()
      return (error.exitCode, error.message)
    }
  }

  /// The program as a process of its own: how it ended (a signal's number too), and all it said.
  func child(
    _ arguments: [String], _ environment: [String: String] = [:]
  ) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = Bundle.main.bundleURL.appendingPathComponent("daybook")
    process.arguments = arguments
    process.environment = ["DAYBOOK_DATABASE_URL": try database.settings().conninfo]
      .merging(environment) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let said = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: said, as: UTF8.self))
  }
}

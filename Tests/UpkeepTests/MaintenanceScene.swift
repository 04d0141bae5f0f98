// SPDX-License-Identifier: Apache-2.0
import Archive
import DaybookTesting
import Foundation
import Postgres
import Testing

@testable import Upkeep

/// A migrated database in which two months of `invocations` have expired, with rows, a login that
/// may maintain, and a directory for archives.
final class MaintenanceScene {
  let database: TestDatabase
  let directory: String
  var settings: MaintenanceSettings

  /// Older than the policy's 13 months, whatever the month of the test is.
  static let months = [20, 19]
  static let rowsPerMonth = 300
  static let login = "daybook_test_maintain"

  static func with(
    on server: TestServer? = nil, months: [Int] = months,
    _ body: (MaintenanceScene) throws -> Void
  ) throws {
    try TestDatabase.with(.migrated, on: server) { database in
      try database.server.makeLogin(login, memberOf: ["app_maintain"])
      let directory = FileManager.default.temporaryDirectory
        .appendingPathComponent("daybook-maintain-\(UUID().uuidString)").path
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: directory) }
      let scene = try MaintenanceScene(database, directory)
      for (index, month) in months.enumerated() { try scene.fill(monthsAgo: month, seed: index) }
      try body(scene)
    }
  }

  private init(_ database: TestDatabase, _ directory: String) throws {
    self.database = database
    self.directory = directory
    settings = MaintenanceSettings(
      database: try database.settings(.direct, ["user": Self.login, "password": "test"]),
      schema: "public", owner: "test:\(getpid())")
    settings.archiveDirectory = directory
  }

  /// From here on by way of this port of 127.0.0.1.
  func connect(toPort port: Int) throws {
    settings.database = try database.settings(
      .direct,
      ["user": Self.login, "password": "test", "host": "127.0.0.1", "port": String(port)])
  }

  /// Makes the month and puts rows of three tenants and two currencies into it.
  func fill(monthsAgo: Int, seed: Int = 0, rows: Int = rowsPerMonth) throws {
    try database.value(
      """
      SELECT daybook_create_partition('invocations', (now() - interval '\(monthsAgo) months')::date);
      INSERT INTO invocations (invocation_id, occurred_at, tenant_id, provider, operation,
        request_model, service_tier, cost_source, cost, currency, status, content_sha256, ingested_at,
        source_topic, source_partition, source_offset)
      SELECT gen_random_uuid(), date_trunc('month', now() AT TIME ZONE 'UTC'
          - interval '\(monthsAgo) months') AT TIME ZONE 'UTC' + n % 660 * interval '1 hour',
        'tenant-' || n % 3, 'anthropic', 'chat', 'm', 'standard', 'producer',
        CASE WHEN n % 7 > 0 THEN n * 0.000000000123 END,
        CASE n % 5 WHEN 0 THEN 'EUR' WHEN 1 THEN 'JPY' ELSE 'USD' END, 'success',
        sha256(n::text::bytea), now(), 't', \(seed), n
      FROM generate_series(1, \(rows)) AS n
      """)
  }

  func partition(monthsAgo: Int) throws -> String {
    try #require(
      try database.value(
        "SELECT 'invocations_p' || to_char(date_trunc('month', now() AT TIME ZONE 'UTC'"
          + " - interval '\(monthsAgo) months'), 'YYYYMMDD')"))
  }

  /// One run of some jobs in this process.
  @discardableResult
  func maintain(
    _ jobs: MaintenanceJob..., stop: StopRequest = StopRequest(),
    observe: @escaping (MaintenanceEvent) -> Void = { _ in }
  ) throws -> [JobReport] {
    try Maintainer(settings, stop: stop, observe: observe).run(jobs)
  }

  func report(
    _ job: MaintenanceJob, observe: @escaping (MaintenanceEvent) -> Void = { _ in }
  ) throws -> JobReport {
    try #require(try maintain(job, observe: observe).first)
  }

  func number(_ sql: String) throws -> Int { try database.value(sql).flatMap { Int($0) } ?? -1 }

  /// Partition and state, in order.
  func states() throws -> String {
    try database.value(
      "SELECT coalesce(string_agg(state, ' ' ORDER BY lower_bound), '') FROM partition_retirements")
      ?? ""
  }

  /// What has to be the same before a retirement, in the database, and after it, in the archives.
  struct Sums: Equatable {
    var rows: Int64
    /// By currency, without zeros at the end.
    var costs: [String: String]
  }

  /// Of the expired rows that are in the database, attached or not.
  func storedSums() throws -> Sums {
    var connection = try database.connect()
    let found = try connection.execute(
      """
      SELECT coalesce(currency, ''), count(*), trim_scale(coalesce(sum(cost), 0))
        FROM invocations GROUP BY 1
      """)
    var sums = Sums(rows: 0, costs: [:])
    for row in 0..<found.rowCount {
      sums.rows += found.int64(row, 1) ?? 0
      sums.costs[found.text(row, 0) ?? ""] = found.text(row, 2)
    }
    return sums
  }

  /// Of every archive in the directory, each of which is read back.
  func archivedSums() throws -> Sums {
    var rows: Int64 = 0
    var totals: [String: Decimal] = [:]
    for path in try Manifest.paths(in: directory) {
      let manifest = try ArchiveVerification.run(manifestPath: path)
      rows += manifest.rowCount
      for total in manifest.sums.totals {
        let cost = try #require(total.cost)
        totals[total.currency ?? "", default: 0] += try #require(Decimal(string: "\(cost)"))
      }
    }
    return Sums(rows: rows, costs: totals.mapValues { "\($0)" })
  }
}

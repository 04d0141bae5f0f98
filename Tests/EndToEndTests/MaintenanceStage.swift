// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Postgres
import Testing

/// A database with two expired months, a directory for archives, and processes that maintain it.
final class MaintenanceStage {
  let database: TestDatabase
  let directory: URL
  private var processes: [Child] = []
  private static let login = "daybook_end_to_end_maintain"

  static func run(_ body: (MaintenanceStage) throws -> Void) throws {
    try TestDatabase.with { database in
      try database.server.makeLogin(login, memberOf: ["app_maintain"])
      let stage = try MaintenanceStage(database)
      try body(stage)
      try FileManager.default.removeItem(at: stage.directory)
    }
  }

  private init(_ database: TestDatabase) throws {
    self.database = database
    directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("daybook-\(UUID().uuidString)")
    for name in ["archive", "store"] {
      try FileManager.default.createDirectory(
        at: directory.appendingPathComponent(name), withIntermediateDirectories: true)
    }
    for month in [20, 19] {
      try database.value(
        """
        SELECT daybook_create_partition('invocations', (now() - interval '\(month) months')::date);
        INSERT INTO invocations (invocation_id, occurred_at, tenant_id, provider, operation,
          request_model, service_tier, cost_source, cost, currency, status, content_sha256,
          ingested_at, source_topic, source_partition, source_offset)
        SELECT gen_random_uuid(), date_trunc('month', now() AT TIME ZONE 'UTC'
            - interval '\(month) months') AT TIME ZONE 'UTC' + n * interval '1 minute',
          'tenant-' || n % 3, 'anthropic', 'chat', 'm', 'standard', 'producer',
          n * 0.000000000123, CASE n % 5 WHEN 0 THEN 'EUR' ELSE 'USD' END, 'success',
          sha256(n::text::bytea), now(), 't', \(month), n
        FROM generate_series(1, 5000) AS n
        """)
    }
  }

  /// Starts `daybook maintain`.
  func maintain(
    _ arguments: [String], archiveCommand: String? = nil, fault: String? = nil
  ) throws -> Child {
    let store = directory.appendingPathComponent("store").path
    let settings = try database.settings(.direct, ["user": Self.login, "password": "test"])
    let child = try Child(
      Stack.daybook, ["maintain"] + arguments,
      environment: [
        "DAYBOOK_ADMIN_DATABASE_URL": settings.conninfo,
        "DAYBOOK_ARCHIVE_DIR": directory.appendingPathComponent("archive").path,
        "DAYBOOK_ARCHIVE_COMMAND": archiveCommand ?? "cp %p \(store)/%f",
        "PATH": Stack.environment["PATH"] ?? "",
      ].merging(fault.map { ["DAYBOOK_FAULT": $0] } ?? [:]) { $1 },
      log: directory.appendingPathComponent("\(processes.count + 1).log"))
    processes.append(child)
    return child
  }

  func number(_ sql: String) throws -> Int { try database.value(sql).flatMap { Int($0) } ?? -1 }

  /// True once both months have gone.
  func waitDropped() throws -> Bool {
    try eventually(seconds: 30) {
      try number("SELECT count(*) FROM partition_retirements WHERE state = 'dropped'") == 2
    }
  }

  func waitsForDetach() throws -> Bool {
    try number(
      """
      SELECT count(*) FROM pg_stat_activity
       WHERE query LIKE '%DETACH PARTITION%CONCURRENTLY' AND wait_event = 'virtualxid'
      """) > 0
  }

  /// What a process answers at `path` of its `--metrics-listen` port.
  func scrape(_ path: String, port: Int) throws -> String {
    let script =
      "exec 3<>/dev/tcp/127.0.0.1/\(port); printf 'GET \(path) HTTP/1.0\\r\\n\\r\\n' >&3; cat <&3"
    let client = try Child(
      URL(fileURLWithPath: "/usr/bin/env"),
      [
        "bash", "-c",
        script,
      ],
      environment: ["PATH": Stack.environment["PATH"] ?? ""],
      log: directory.appendingPathComponent("scrape-\(UUID().uuidString)"))
    #expect(client.wait(seconds: 10) == .exit(0), "\(client.lastLines)")
    return client.output
  }

  /// Rows, and costs by currency.
  func sums(_ table: String) throws -> String {
    try #require(
      try database.value(
        """
        SELECT string_agg(format('%s %s %s', currency, n, cost), ', ' ORDER BY currency) FROM (
          SELECT currency, count(*) AS n, trim_scale(sum(cost)) AS cost FROM \(table) GROUP BY 1) AS t
        """))
  }

  /// The sums of the archives, restored by the program.
  func restoredSums() throws -> String {
    try database.value("CREATE TABLE restored (LIKE invocations)")
    let archive = directory.appendingPathComponent("archive")
    let names = try FileManager.default.contentsOfDirectory(atPath: archive.path)
      .filter { $0.hasSuffix(".manifest.json") }
    for (index, name) in names.enumerated() {
      let child = try Child(
        Stack.daybook,
        ["archive", "restore", archive.appendingPathComponent(name).path, "--into", "r\(index)"],
        environment: ["DAYBOOK_ADMIN_DATABASE_URL": try database.settings().conninfo],
        log: directory.appendingPathComponent("restore-\(index).log"))
      #expect(child.wait() == .exit(0), "\(child.lastLines)")
      try database.value("INSERT INTO restored SELECT * FROM r\(index)")
    }
    return try sums("restored")
  }

  /// Whatever has been dropped was verified before.
  func expectNothingUnverifiedIsGone() throws {
    let gone = try number(
      """
      SELECT count(*) FROM partition_journal d WHERE d.action = 'drop' AND NOT EXISTS (
        SELECT FROM partition_journal v WHERE v.action = 'verify' AND v.id < d.id
          AND v.partition_oid = d.partition_oid)
      """)
    #expect(gone == 0)
    let missing = try number(
      """
      SELECT count(*) FROM partition_retirements
       WHERE (state = 'dropped') = (to_regclass(partition_name) IS NOT NULL)
      """)
    #expect(missing == 0)
  }
}

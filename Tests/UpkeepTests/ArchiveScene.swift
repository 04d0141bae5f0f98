// SPDX-License-Identifier: Apache-2.0
import Archive
import CopyFormat
import DaybookTesting
import Foundation
import Postgres
import Upkeep

/// A migrated database with a partition of `invocations`, and a directory for archives.
struct ArchiveScene {
  let database: TestDatabase
  let directory: String
  let table: String

  var partition: String { table + "_p20260601" }
  var target: ArchiveTarget { ArchiveTarget(directory: directory, toolVersion: "test") }
  var manifestPath: String { directory + "/" + partition + Manifest.manifestSuffix }
  var filePath: String { directory + "/" + partition + Manifest.fileSuffix }

  var subject: ArchiveSubject {
    ArchiveSubject(
      schema: "public", table: table, partition: partition,
      lower: Month(year: 2026, month: 6).start, upper: Month(year: 2026, month: 7).start)
  }

  static func with(
    on server: TestServer? = nil, table: String = "invocations",
    _ body: (ArchiveScene) throws -> Void
  ) throws {
    try TestDatabase.with(.migrated, on: server) { database in
      let directory = FileManager.default.temporaryDirectory
        .appendingPathComponent("daybook-archive-\(UUID().uuidString)").path
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: directory) }
      let scene = ArchiveScene(database: database, directory: directory, table: table)
      try database.value("SELECT daybook_create_partition('\(table)', '2026-06-01')")
      try database.value("ALTER TABLE \(scene.partition) OWNER TO app_owner")
      try body(scene)
    }
  }

  /// Runs a shell command that may connect with `psql -d "$CONNINFO"`; its exit code.
  func shell(_ command: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    process.arguments = ["-o", "pipefail", "-c", command]
    var environment = ProcessInfo.processInfo.environment
    environment["CONNINFO"] = try database.settings().conninfo
    process.environment = environment
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// Rows of 20 tenants, two currencies and none.
  func fill(rows: Int) throws {
    try database.value(
      """
      INSERT INTO \(partition) (invocation_id, occurred_at, tenant_id, provider, operation,
        request_model, input_tokens, output_tokens, service_tier, cost, currency, cost_source,
        status, finish_reasons, stream, tags, content_sha256, ingested_at, source_topic,
        source_partition, source_offset)
      SELECT gen_random_uuid(), '2026-06-01 00:00+00'::timestamptz + n * interval '1 second',
        'tenant-' || n % 20, 'anthropic', 'chat', 'claude', n, n / 2, 'standard',
        CASE WHEN n % 10 > 0 THEN n * 0.000001234567 END,
        CASE n % 10 WHEN 0 THEN NULL WHEN 1 THEN 'EUR' ELSE 'USD' END, 'producer', 'success',
        ARRAY['end_turn'], n % 2 = 0, jsonb_build_object('n', n), sha256(n::text::bytea), now(),
        'topic', 0, n
      FROM generate_series(1, \(rows)) AS n
      """)
  }

  func export() throws -> Manifest {
    var connection = try database.connect()
    return try PartitionExport.run(subject, to: target, over: &connection)
  }

  /// The same sums by SQL.
  func sums() throws -> [ArchiveSums.Group] {
    var connection = try database.connect()
    let found = try connection.execute(
      """
      SELECT tenant_id, currency, count(*), trim_scale(coalesce(sum(cost), 0)) FROM \(partition)
       GROUP BY 1, 2 ORDER BY 1, currency COLLATE "C" NULLS FIRST
      """)
    return (0..<found.rowCount).map { row in
      ArchiveSums.Group(
        tenant: found.text(row, 0) ?? "",
        total: ArchiveSums.Total(
          currency: found.text(row, 1), rows: found.int64(row, 2) ?? -1,
          cost: found.text(row, 3).flatMap { Amount($0) }))
    }
  }

  /// Nulls in every column that takes them, and the ends of each type's range.
  func addExtremes() throws {
    try database.value(
      """
      INSERT INTO \(partition) (invocation_id, occurred_at, tenant_id, provider, operation,
        request_model, service_tier, cost_source, status, content_sha256, ingested_at, source_topic,
        source_partition, source_offset)
      VALUES ('00000000-0000-0000-0000-000000000000', '2026-06-01 00:00+00', '', '', '', '', '',
        'none', '', '', '-infinity', '', -2147483648, -9223372036854775808);
      INSERT INTO \(partition) (invocation_id, occurred_at, tenant_id, provider, operation,
        request_model, input_tokens, service_tier, cost, currency, cost_source, status,
        finish_reasons, stream, duration_ms, tags, metadata, content_sha256, ingested_at,
        source_topic, source_partition, source_offset)
      VALUES ('ffffffff-ffff-ffff-ffff-ffffffffffff', '2026-06-30 23:59:59.999999+00',
        repeat('ü', 128), E'line\\nbreak \\u2028 "quoted"', 'ä', 'm', 9223372036854775807, 's',
        999999999999.999999999999, 'EUR', 'producer', 'success', ARRAY[NULL, '', 'a,b"c'], false,
        2147483647, '{}', jsonb_build_object('big', repeat('x', 3000000)), decode('00ff', 'hex'),
        'infinity', repeat('t', 1000), 2147483647, 9223372036854775807),
      (gen_random_uuid(), '2026-06-02 00:00+00', 'negative', 'p', 'o', 'm', 0, 's',
        -0.000000000001, 'USD', 'producer', 'success', '{}', true, 0, '[]', '"s"', '', now(), 't',
        0, 0)
      """)
  }

  /// Rows of the partition of one of the tables that are not `invocations`.
  func addRowsOfOtherTables() throws {
    switch table {
    case "audit_logs":
      try database.value(
        """
        INSERT INTO \(partition) (event_id, occurred_at, tenant_id, action, actor_type, outcome,
          severity, source_ip, metadata, content_sha256, ingested_at, source_topic,
          source_partition, source_offset)
        SELECT gen_random_uuid(), '2026-06-05 00:00+00', 'tenant', 'user.login', 'user', 'success',
          n, address, '{"a": null}', '', now(), 't', 0, n
        FROM unnest(ARRAY['10.0.0.1', '::1', '10.0.0.0/8', '2001:db8::/32', NULL]::inet[])
          WITH ORDINALITY AS a(address, n)
        """)
    case "rejected_records":
      try database.value(
        """
        INSERT INTO \(partition) (rejected_at, cluster_id, topic, partition, "offset", table_name,
          reason, message, key, payload, headers, batch_id)
        SELECT '2026-06-05 00:00+00', 'c', 't', 0, n, 'invocations', 'not_json', 'm', NULL,
          decode(repeat('00ff', n), 'hex'), '[["k", null]]', gen_random_uuid()
        FROM generate_series(0, 3000, 1000) AS n
        """)
    default:
      try database.value(
        """
        INSERT INTO \(partition) (batch_id, committed_at, owner, seen, stored, duplicates, rejected,
          gap_offsets, spans)
        SELECT gen_random_uuid(), '2026-06-05 00:00+00'::timestamptz + n * interval '1 second', 'o',
          3, 1, 1, 1, 0, '[]' FROM generate_series(1, 10) AS n
        """)
    }
  }
}

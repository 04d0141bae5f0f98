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
  let partition = "invocations_p20260601"

  var place: ArchivePlace { ArchivePlace(directory: directory, toolVersion: "test") }
  var manifestPath: String { directory + "/" + partition + Manifest.manifestSuffix }
  var filePath: String { directory + "/" + partition + Manifest.fileSuffix }

  var subject: ArchiveSubject {
    ArchiveSubject(
      schema: "public", table: "invocations", partition: partition,
      lower: Month(year: 2026, month: 6).start, upper: Month(year: 2026, month: 7).start)
  }

  static func with(
    on server: TestServer? = nil, _ body: (ArchiveScene) throws -> Void
  ) throws {
    try TestDatabase.with(.migrated, on: server) { database in
      let directory = FileManager.default.temporaryDirectory
        .appendingPathComponent("daybook-archive-\(UUID().uuidString)").path
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: directory) }
      let scene = ArchiveScene(database: database, directory: directory)
      try database.value("SELECT daybook_create_partition('invocations', '2026-06-01')")
      try body(scene)
    }
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
    return try PartitionExport.run(subject, to: place, over: &connection)
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
}

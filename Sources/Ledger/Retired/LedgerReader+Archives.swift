// SPDX-License-Identifier: Apache-2.0
package import Postgres

extension LedgerReader {
  /// Every archive of a retired partition, also of a month that was made again and left twice.
  package mutating func recordedArchives() throws(PostgresError) -> [RecordedArchive] {
    let sql = """
      SELECT table_name, partition_name, manifest_path, encode(content_sha256, 'hex'), row_count,
        lower_bound
      FROM \(qualified("partition_retirements")) WHERE content_sha256 IS NOT NULL
      UNION ALL
      SELECT r.table_name, r.partition_name, e->>'manifest_path', e->>'content_sha256',
        (e->>'row_count')::bigint, r.lower_bound
      FROM \(qualified("partition_retirements")) r, jsonb_array_elements(r.earlier) AS e
      WHERE e->>'content_sha256' IS NOT NULL
      ORDER BY 1, 6, 3
      """
    return try rows(sql).map {
      RecordedArchive(
        table: $0.text(0), partition: $0.text(1), manifestPath: $0.optional(2),
        contentSHA256: $0.text(3), rows: $0.integer(4))
    }
  }
}

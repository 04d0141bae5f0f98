// SPDX-License-Identifier: Apache-2.0
import Postgres

extension IngestSQL {
  var claim: String { "SELECT * FROM \(schema).daybook_claim_partitions($1, $2, $3::jsonb)" }

  var halt: String {
    "SELECT \(schema).daybook_halt_partition($1, $2, $3::integer, $4::bigint, $5, $6)"
  }

  var rejectsAccepted: String {
    "SELECT \(schema).daybook_rejects_accepted($1, $2, $3::integer)"
  }

  var evict: String {
    "SELECT \(schema).daybook_evict_lock_holders($1, $2::text[], $3::integer[], $4::text[])"
  }

  var ensurePartition: String { "SELECT \(schema).daybook_ensure_partition($1, $2::date)" }

  var ensureRunway: String { "SELECT \(schema).daybook_ensure_runway()" }

  /// Reads offsets under their locks: a plain read could see the old value of a transaction that
  /// has committed and is still waiting for its standby.
  var lockOffsets: String {
    "SELECT * FROM \(schema).daybook_lock_offsets($1, $2::text[], $3::integer[])"
  }

  var batchTables: String {
    """
    SELECT table_name, sum(seen)::bigint, sum(stored)::bigint, sum(duplicates)::bigint, \
    sum(rejected)::bigint FROM \(schema).ingest_spans \
    WHERE batch_id = $1::uuid AND committed_at > now() - interval '1 day' GROUP BY 1
    """
  }

  var offsets: String {
    """
    SELECT topic, partition, next_offset, epoch, owner, state, anchor_offset, \
    encode(anchor_hash, 'hex') FROM \(schema).ingest_offsets WHERE cluster_id = $1 AND topic = ANY ($2::text[])
    """
  }

  /// An array literal of PostgreSQL: every element quoted.
  static func array(_ elements: [String]) -> String {
    let quoted = elements.map { element in
      let escaped = element.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      return "\"\(escaped)\""
    }
    return "{" + quoted.joined(separator: ",") + "}"
  }
}

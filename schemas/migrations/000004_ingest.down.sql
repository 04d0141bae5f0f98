SET LOCAL ROLE app_owner;

REVOKE ALL ON audit_logs, invocations, costs_daily, costs_monthly FROM app_write;
DROP FUNCTION daybook_apply_batch, daybook_add_rollups, daybook_settle_duplicates,
  daybook_insert_staged_invocations, daybook_insert_staged_audit_logs, daybook_evict_lock_holders,
  daybook_evict_frozen_clients,
  daybook_claim_partitions, daybook_halt_partition;
DROP TABLE offset_changes;
DROP TABLE rejected_records;
DROP VIEW ingest_spans;
DROP TABLE ingest_batches;
DROP TABLE ingest_offsets;

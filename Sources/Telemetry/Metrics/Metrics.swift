// SPDX-License-Identifier: Apache-2.0

/// Every metric, declared once.
///
/// Label values come from small fixed sets: never a tenant, a user or an error text. Names of
/// unknown fields are bounded and escaped by `UnknownFields`.
package enum Metrics {
  package static let buildInfo = Gauge(
    "daybook_build_info", labels: ["version", "swift_version", "librdkafka_version"],
    "What is running; the value is 1.")

  package static let recordsConsumed = Counter(
    "daybook_records_consumed_total", labels: ["topic"],
    "Records taken from Kafka and accounted for in a committed transaction.")
  package static let itemsConsumed = Counter(
    "daybook_items_consumed_total", labels: ["topic"],
    "Items of these records, each written, duplicate, rejected or skipped; most records are one.")
  package static let itemsSkipped = Counter(
    "daybook_items_skipped_total", labels: ["topic", "reason"],
    "Items that are none of the stream's, by the rule that says so.")
  package static let consumedBytes = Counter(
    "daybook_consumed_bytes_total", labels: ["topic"],
    "Payload and key bytes of the records taken from Kafka.")
  package static let recordsWritten = Counter(
    "daybook_records_written_total", labels: ["table"],
    "Records, or items of records, stored as rows.")
  package static let recordsDuplicate = Counter(
    "daybook_records_duplicate_total", labels: ["table"],
    "Records, or items of records, that were there already with the same content.")
  package static let recordsRejected = Counter(
    "daybook_records_rejected_total", labels: ["topic", "reason"],
    "Records, or items of records, kept in rejected_records, by reason code.")
  package static let fieldsDropped = Counter(
    "daybook_fields_dropped_total", labels: ["table", "field"],
    "Fields left out of a row: prompts and completions, unknown fields, values that are no ids or "
      + "addresses and decide nothing, headers that are not UTF-8."
  )
  package static let unknownFields = Counter(
    "daybook_unknown_fields_total", labels: ["topic", "field"],
    "Stored records with a field that looks like usage, cost or outcome and is not read, by its name; "
      + "_other: of more than 64 names, or of a long one.")
  package static let headerMismatches = Counter(
    "daybook_header_mismatches_total", labels: ["table"],
    "Records whose body and headers disagree; the body wins.")
  package static let offsetGaps = Counter(
    "daybook_offset_gaps_total", labels: ["topic"],
    "Offsets that a topic declared as compacted or transactional did not deliver.")

  package static let schemaFetches = Counter(
    "daybook_schema_fetches_total", labels: ["result"],
    values: ["avro", "json", "refused", "unknown", "failed"],
    "Schemas asked for by their id, by what came: failed is asked again, unknown after a while.")
  package static let schemasCached = Gauge(
    "daybook_schemas_cached", "Schemas that are kept, those that are refused included.")
  package static let schemasAwaited = Gauge(
    "daybook_schemas_awaited",
    "Ids that the registry was asked for and has not answered: their partitions wait.")

  package static let recordsPriced = Counter(
    "daybook_records_priced_total",
    "Records that came without a cost and were priced from the catalogue.")
  package static let recordsUnpriced = Counter(
    "daybook_unpriced_records_total", labels: ["reason"],
    "Records without a cost that could not be priced, by reason; no_usage: failed calls that tell "
      + "no token counts.")
  package static let priceCatalogVersion = Gauge(
    "daybook_price_catalog_version", "Version of the price catalogue in use.")
  package static let priceCatalogLoaded = Gauge(
    "daybook_price_catalog_loaded_timestamp_seconds",
    "When the price catalogue in use was last found to be the one in force.")
  package static let calendarChanges = Counter(
    "daybook_calendar_changes_total",
    "Batches that were read again because a tenant got another time zone meanwhile, or the database "
      + "lost the prices that they were made with.")

  package static let batchDuration = Histogram(
    "daybook_batch_duration_seconds", labels: ["table"], bounds: batchSeconds,
    "From the first byte sent to the server to the acknowledged commit of a batch, with the wait for "
      + "the batch before it.")
  package static let batchRecords = Histogram(
    "daybook_batch_records", labels: ["table"],
    bounds: [1, 10, 100, 1_000, 5_000, 10_000, 20_000, 50_000, 100_000],
    "Records in a committed batch; of records with many items, their items.")
  package static let batchAge = Histogram(
    "daybook_batch_age_seconds", bounds: batchSeconds,
    "From the first record of a batch to when it was given to the writer.")
  package static let batchBytes = Histogram(
    "daybook_batch_bytes", labels: ["table"],
    bounds: [1_024, 16_384, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864],
    "Encoded bytes of a committed batch.")
  package static let endToEndLatency = Histogram(
    "daybook_end_to_end_latency_seconds", labels: ["table"],
    bounds: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 86_400],
    "Commit time minus occurred_at of the oldest record of a batch.")
  package static let lastCommitTimestamp = Gauge(
    "daybook_last_commit_timestamp_seconds", labels: ["topic"],
    "When a batch with records of this topic was committed last.")
  package static let batchesByPath = Counter(
    "daybook_batches_total", labels: ["path"], values: ["direct", "staging", "bisected"],
    "Committed batches by how they were written: direct, staging or bisected.")
  package static let commitsUnknown = Counter(
    "daybook_commits_unknown_total", labels: ["outcome"],
    values: ["committed", "not_committed", "void"],
    "Commits whose answer was lost, by what the database told afterwards.")
  package static let fenced = Counter(
    "daybook_fenced_total", "Batches dropped because another owner has claimed the partitions.")

  package static let workerWait = Counter(
    "daybook_worker_wait_seconds_total", labels: ["worker", "for"],
    "How long a worker has waited: for kafka, with nothing to read or while the group divides "
      + "partitions; for the writer, with all batches in its hands; for the database, while a batch is "
      + "written. The first two are of one thread, the third of others.")

  package static let clockOffset = Gauge(
    "daybook_clock_offset_seconds",
    "The host's clock minus the database server's, as measured with the prices.")

  package static let databaseErrors = Counter(
    "daybook_db_errors_total", labels: ["sqlstate_class", "retryable"],
    "Errors of the database by SQLSTATE class: of batches, of claims, and of what is read every 2 s."
  )
  package static let databaseReconnects = Counter(
    "daybook_db_reconnects_total", "Connections opened again.")

  package static let consumerLagRecords = Gauge(
    "daybook_consumer_lag_records", labels: ["topic", "partition"],
    "High watermark of the partition minus next offset in the database, as far as both were known.")
  package static let consumerLagTimestamp = Gauge(
    "daybook_consumer_lag_timestamp_seconds", labels: ["topic", "partition"],
    "When the lag of a partition was known last: the lag is as old as that.")
  package static let consumerLagSeconds = Gauge(
    "daybook_consumer_lag_seconds", labels: ["topic", "partition"],
    "How long the oldest record that is not committed has waited, as far as that is known: since all "
      + "that was in the log was committed, or since the stamp of the record committed last, whatever "
      + "was later; since the claim while neither is known. 0 when nothing waits.")
  package static let claims = Counter(
    "daybook_claims_total", labels: ["outcome"], values: ["claimed", "retried", "given_up"],
    "Claims of partitions in the database, each of all that the group has just given: claimed, tried "
      + "again after a failure, or given up.")
  package static let sessionRestarts = Counter(
    "daybook_session_restarts_total",
    "Times that a worker has left the group, to claim again and read from the database's offsets.")
  package static let rebalances = Counter(
    "daybook_rebalances_total", "Assignments and revocations of partitions.")
  package static let assignedPartitions = Gauge(
    "daybook_assigned_partitions", labels: ["worker"], "Partitions assigned now.")
  package static let partitionsHalted = Gauge(
    "daybook_partitions_halted", labels: ["topic", "partition", "reason"],
    "1 for a partition that waits for an operator's decision.")
  package static let kafkaUnreceivable = Gauge(
    "daybook_kafka_unreceivable_brokers", labels: ["worker"],
    "Brokers whose answers are larger than receive.message.max.bytes: nothing can be read from them."
  )
  package static let positionProofs = Counter(
    "daybook_position_proofs_total", labels: ["result"], values: ["same", "changed", "gone"],
    "Times that the last record of a partition was read again and compared: same, changed (another "
      + "log: it halts), or gone (retention has deleted it). Nothing is proven while nothing happens."
  )
  package static let kafkaErrors = Counter(
    "daybook_kafka_errors_total", labels: ["error"], "Errors reported by librdkafka, by name.")

  package static let memoryLimit = Gauge(
    "daybook_memory_limit_bytes",
    "What the process and its neighbours in the control group may have; absent without a limit.")
  package static let certificateExpiry = Gauge(
    "daybook_certificate_expiry_timestamp_seconds", labels: ["file", "role"],
    "When a certificate that connections use ends: of a client its own, of authorities the last one."
  )

  package static let partitionMonthsAhead = Gauge(
    "daybook_partition_months_ahead", labels: ["table"],
    "Months after the current one that have a partition, without a gap; -1 without one for the "
      + "current month.")
  package static let defaultPartitionRecords = Gauge(
    "daybook_default_partition_records", labels: ["table"],
    "1 when the default partition has rows, 0 when it is empty; absent without one.")
  package static let partitionRetirements = Gauge(
    "daybook_partition_retirements", labels: ["state"],
    "Expired partitions on their way out, by state.")
  package static let retirementsFailing = Gauge(
    "daybook_partition_retirements_failing",
    "Expired partitions whose present step has failed at least once.")
  package static let legalHolds = Gauge("daybook_legal_holds", "Active legal holds.")
  package static let reconciliationDriftRows = Gauge(
    "daybook_reconciliation_drift_rows",
    "Rollup rows that the last finished reconciliation of everything found wrong, not repaired since."
  )
  package static let reconciliationLastSuccess = Gauge(
    "daybook_reconciliation_last_success_timestamp_seconds",
    "When a reconciliation of everything came to its end last, on any host; while none ever did, "
      + "the first run of it, or of maintenance if that was before.")
  package static let partitionDeadRowRatio = Gauge(
    "daybook_partition_dead_row_ratio", labels: ["table"],
    "Dead rows to all rows in the worst partition of a table.")
  // `job` is a label of Prometheus's own: it would become `exported_job`.
  package static let maintenanceLastSuccess = Gauge(
    "daybook_maintenance_last_success_timestamp_seconds", labels: ["task"],
    "When a job succeeded last, on any host; its first run while it never did.")
  package static let maintenanceDuration = Gauge(
    "daybook_maintenance_duration_seconds", labels: ["task"], "How long the last run of a job took."
  )
  package static let maintenanceFailures = Counter(
    "daybook_maintenance_failures_total", labels: ["task"],
    "Runs of a job that failed or ran into their deadline.")
  package static let maintenanceLeader = Gauge(
    "daybook_maintenance_leader", "1 in the process that leads, 0 in one that stands by.")

  /// Buckets for a batch: the longest fits well below a pooler's query_timeout of 30 s.
  private static let batchSeconds: [Double] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
  ]

  /// In the order of the exposition.
  package static let all: [any Metric] = [
    buildInfo, recordsConsumed, itemsConsumed, itemsSkipped, consumedBytes, recordsWritten,
    recordsDuplicate, recordsRejected,
    fieldsDropped, unknownFields, headerMismatches, offsetGaps, schemaFetches, schemasCached,
    schemasAwaited, recordsPriced, recordsUnpriced,
    priceCatalogVersion, priceCatalogLoaded, calendarChanges, batchDuration, batchRecords,
    batchBytes, endToEndLatency, lastCommitTimestamp, batchesByPath, commitsUnknown, fenced,
    batchAge, workerWait, clockOffset, databaseErrors, databaseReconnects, consumerLagRecords,
    consumerLagTimestamp, consumerLagSeconds, claims, sessionRestarts, rebalances,
    assignedPartitions, partitionsHalted, positionProofs, kafkaUnreceivable,
    kafkaErrors, memoryLimit, certificateExpiry,
    partitionMonthsAhead, defaultPartitionRecords, partitionRetirements, retirementsFailing,
    legalHolds, reconciliationDriftRows, reconciliationLastSuccess, partitionDeadRowRatio,
    maintenanceLastSuccess, maintenanceDuration,
    maintenanceFailures, maintenanceLeader,
  ]

  /// The whole exposition, Prometheus text format 0.0.4, with the process metrics.
  package static func exposition() -> String {
    MemoryLimit.measure()
    return all.reduce(into: "") { $0 += $1.exposition() } + ProcessMetrics.exposition()
  }
}

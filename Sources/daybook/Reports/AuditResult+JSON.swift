// SPDX-License-Identifier: Apache-2.0
import Ledger

extension AuditResult {
  /// For programs.
  var json: JSONValue {
    .object([
      "good": .boolean(report.isGood),
      "tables": .array(
        report.accounts.map {
          .object([
            "table": .string($0.table), "records": .integer($0.records),
            "seen": .integer($0.seen), "stored": .integer($0.stored),
            "duplicates": .integer($0.duplicates), "rejected": .integer($0.rejected),
            "skipped": .integer($0.skipped), "gap_offsets": .integer($0.gaps),
            "rows": .integer($0.rows), "archived_rows": .integer($0.retiredRows),
            "rejected_records": .integer($0.rejectedRows),
            "archived_rejected_records": .integer($0.retiredRejectedRows),
          ])
        }),
      "costs": .array(
        report.costs.map {
          .object([
            "currency": .string($0.currency), "rows": .string($0.rows),
            "archived": .string($0.retired), "repriced": .string($0.repriced),
            "daily": .string($0.daily), "monthly": .string($0.monthly),
            "corrections": .string($0.corrections),
          ])
        }),
      "batches": .integer(report.batches), "archived_batches": .integer(report.retiredBatches),
      "kafka_partitions": .integer(report.partitions),
      "statements": .integer(report.statements),
      "prices": PriceCheckReport.json(prices, extent),
      "repeated_identities": .integer(report.repeatedIdentityCount),
      "in_transit": .array(
        report.inTransit.map {
          .object([
            "table": .string($0.table), "partition": .string($0.partition),
            "state": .string($0.state),
          ])
        }),
      "problems": .array(report.problems.map { .string($0) }),
    ])
  }
}

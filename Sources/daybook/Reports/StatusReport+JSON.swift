// SPDX-License-Identifier: Apache-2.0
import Ledger

extension StatusReport {
  /// For programs; `lag` is null unless every partition's is known.
  var json: JSONValue {
    let lags = lines.compactMap(\.lag)
    let total: JSONValue =
      lags.count == lines.count ? .integer(lags.reduce(Int64(0)) { $0 &+ $1 }) : .null
    return .object([
      "partitions": .array(lines.map(Self.json)), "lag": total,
      "last_commit": .optional(lastCommit),
      "rate": .object([
        "seconds": .integer(rate.seconds), "batches": .integer(rate.batches),
        "records": .integer(rate.records), "seen": .integer(rate.seen),
        "stored": .integer(rate.stored), "duplicates": .integer(rate.duplicates),
        "rejected": .integer(rate.rejected),
        "skipped": .integer(rate.skipped),
        "records_per_second": .double(rate.recordsPerSecond),
      ]),
      "tables": .array(
        maintenance.runways.map {
          .object([
            "table": .string($0.table), "partitions": .integer($0.partitions),
            "months_ahead": .integer($0.monthsAhead), "oldest_partition": .optional($0.oldest),
          ])
        }),
      "maintenance": maintenanceJSON,
      "unread_fields": unread.map(Self.json) ?? .null,
    ])
  }

  private static func json(_ unread: UnreadFields) -> JSONValue {
    .object([
      "days": .integer(UnreadFields.days),
      "fields": .array(
        unread.fields.map {
          .object([
            "topic": .string($0.topic), "table": .string($0.table), "field": .string($0.field),
            "records": .integer($0.records), "first_day": .string($0.firstDay),
            "last_day": .string($0.lastDay),
          ])
        }),
      "more": .integer(unread.more),
    ])
  }

  private static func json(_ line: Line) -> JSONValue {
    let position = line.position
    return .object([
      "cluster_id": .string(position.clusterID), "topic": .string(position.topic),
      "partition": .integer(position.partition), "next_offset": .integer(position.nextOffset),
      "end_offset": line.extent.end.map { .integer($0) } ?? .null,
      "lag": line.lag.map { .integer($0) } ?? .null,
      "lag_unknown_because": .optional(line.extent.reason), "epoch": .integer(position.epoch),
      "owner": .optional(position.owner), "halt_reason": .optional(position.haltReason),
      "halt_detail": .optional(position.haltDetail),
      "decide_with": position.isHalted ? .string(line.decision) : .null,
      "updated_at": .string(position.updatedAt),
    ])
  }

  private var maintenanceJSON: JSONValue {
    .object([
      "retirements": .array(
        maintenance.retirements.map {
          .object([
            "table": .string($0.table), "partition": .string($0.partition),
            "state": .string($0.state), "attempts": .integer($0.attempts),
            "last_error": .optional($0.lastError), "updated_at": .string($0.updatedAt),
          ])
        }),
      "active_holds": .integer(maintenance.activeHolds),
      "jobs": .array(
        maintenance.jobs.map {
          .object([
            "job": .string($0.name), "last_success": .optional($0.lastSuccess),
            "last_run": .string($0.outcome), "message": .optional($0.message),
          ])
        }),
    ])
  }
}

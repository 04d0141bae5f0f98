// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import Records
import Telemetry

/// Log line and metrics of one event in one place, so that they cannot drift apart.
enum BatchReport {
  static func committed(_ committed: Committed, _ part: BatchPart, _ plan: WritePlan) {
    let batch = part.batch
    let seconds = committed.duration / .seconds(1)
    let now = Double(Timestamp.now().unixMicroseconds) / 1_000_000
    for table in committed.tables {
      Metrics.recordsWritten.add(Int(table.stored), [table.name])
      Metrics.recordsDuplicate.add(Int(table.duplicates), [table.name])
      Metrics.batchDuration.observe(seconds, [table.name])
      Metrics.batchRecords.observe(Double(table.seen), [table.name])
      Metrics.batchBytes.observe(Double(committed.byteCount), [table.name])
      if let oldest = batch.oldest(in: table.name) {
        let waited = Double(batch.writtenAt.microseconds &- oldest.microseconds) / 1_000_000
        Metrics.endToEndLatency.observe(max(0, waited + seconds), [table.name])
      }
    }
    for span in part.movedSpans {
      Metrics.recordsConsumed.add(span.records, [span.topic])
      Metrics.itemsConsumed.add(span.seen, [span.topic])
      Metrics.offsetGaps.add(Int(span.gaps), [span.topic])
      Metrics.lastCommitTimestamp.set(now, [span.topic])
    }
    if part.entries.upperBound == batch.entries.count {
      count(batch.pricing)
      for skipped in batch.skips.named {
        Metrics.itemsSkipped.add(skipped.count, [skipped.topic, skipped.reason])
      }
    }
    for field in part.unknownFields?.named ?? [] {
      Metrics.unknownFields.add(field.records, [field.topic, field.field])
    }
    countBytes(part)
    count(rejections: part, plan, committed)
    let isStaged = plan.stagesEverything || !part.isWhole
    let path = plan.refused.isEmpty ? (isStaged ? "staging" : "direct") : "bisected"
    Metrics.batchesByPath.add(1, [path])
    Log.debug(
      "batch committed",
      [
        "batch": LogValue(committed.batch.description), "path": LogValue(path),
        "records": LogValue(part.spans.reduce(0) { $0 + $1.records }),
        "items": LogValue(part.itemCount), "bytes": LogValue(committed.byteCount),
        "duration_ms": LogValue(milliseconds: committed.duration),
      ])
  }

  static func failed(_ error: PostgresError, _ decision: WriteDecision) {
    error.count(isRetried: decision != .stop)
    let fields: KeyValuePairs<String, LogValue> = [
      "next": LogValue("\(decision)"), "sqlstate": LogValue(error.sqlState.rawValue),
      "error": LogValue(error.description),
    ]
    // Producers send again: duplicates are ordinary.
    if decision == .findDuplicates {
      Log.debug("batch holds records that are stored already", fields)
    } else {
      Log.warn("batch not committed", fields)
    }
  }

  /// Which rows are stored already could not be asked.
  static func unasked(_ error: PostgresError) {
    error.count(isRetried: true)
    Log.warn(
      "duplicates cannot be asked for, the batch is written without",
      [
        "sqlstate": LogValue(error.sqlState.rawValue), "error": LogValue(error.description),
      ])
  }

  static func settled(_ settlement: Settlement) {
    let outcome =
      switch settlement {
      case .committed: "committed"
      case .notCommitted: "not_committed"
      case .void: "void"
      }
    Metrics.commitsUnknown.add(1, [outcome])
    Log.warn("commit without an answer was looked up", ["outcome": LogValue(outcome)])
  }

  private static func count(_ pricing: PricingCounts) {
    if pricing.computed > 0 { Metrics.recordsPriced.add(pricing.computed) }
    for (reason, count) in pricing.unpriced where count > 0 {
      Metrics.recordsUnpriced.add(count, [reason])
    }
  }

  private static func countBytes(_ part: BatchPart) {
    var bytes = Array(repeating: 0, count: part.spans.count)
    for entry in part.batch.entries[part.entries] {
      bytes[Int(entry.span)] += entry.rawByteCount
    }
    for (index, cut) in part.batch.cutPayloads where part.entries.contains(index) {
      bytes[Int(part.batch.entries[index].span)] += cut.byteCount - cut.keptCount
    }
    for (span, count) in zip(part.spans, bytes) {
      Metrics.consumedBytes.add(count, [span.topic])
    }
  }

  /// The refusals by reason; what the tables have rejected beyond them are conflicts, which only
  /// the database can see. With several topics for a table they count for the first one of the
  /// batch.
  private static func count(
    rejections part: BatchPart, _ plan: WritePlan, _ committed: Committed
  ) {
    let batch = part.batch
    var known: [String: Int64] = [:]
    for index in part.entries {
      let entry = batch.entries[index]
      let reason: Reason
      if let refusal = plan.refused[index] {
        reason = refusal.rejection.reason
      } else if case .rejected(let rejection) = entry.path {
        reason = rejection.reason
      } else {
        continue
      }
      let span = batch.spans[Int(entry.span)]
      known[batch.table(of: span), default: 0] += 1
      Metrics.recordsRejected.add(1, [span.topic, reason.code])
    }
    for table in committed.tables {
      let conflicts = table.rejected - known[table.name, default: 0]
      guard conflicts > 0,
        let span = batch.spans.first(where: { batch.table(of: $0) == table.name })
      else { continue }
      Metrics.recordsRejected.add(
        Int(conflicts), [span.topic, Reason.conflictingDuplicate.code])
    }
  }
}

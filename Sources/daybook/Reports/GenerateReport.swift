// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Generator

/// What `daybook produce --generate` prints: tests and people compare a store with it.
struct GenerateReport {
  let summary: GeneratorSummary
  let settings: GeneratorSettings
  /// Records of Kafka.
  let sent: Int
  let seconds: Double

  private var perSecond: Double { seconds > 0 ? Double(summary.produced) / seconds : 0 }

  var json: JSONValue {
    .object([
      "produced": .integer(summary.produced), "kafka_records": .integer(sent),
      "unique": .integer(summary.unique),
      "invocations": .integer(summary.uniqueInvocations),
      "audit_logs": .integer(summary.uniqueAuditLogs),
      "duplicates": .integer(summary.duplicates), "conflicts": .integer(summary.conflicts),
      "bad": .integer(summary.badCount),
      "rejected": .integer(summary.badCount + summary.conflicts),
      "bad_by_kind": counts(summary.bad.map { ($0.key.rawValue, $0.value) }),
      "rejected_by_reason": counts(summary.rejectedByReason.map { ($0.key, $0.value) }),
      "input_tokens": .integer(summary.inputTokens),
      "output_tokens": .integer(summary.outputTokens), "failed": .integer(summary.failed),
      "unpriced": .integer(summary.unpriced),
      "cost_by_currency": .object(
        summary.costByCurrency.sorted { $0.key < $1.key }.map {
          .init(name: $0.key, value: .string($0.value.description))
        }),
      "costs": .array(
        summary.costs.sorted { $0.key < $1.key }.map { key, amount in
          .object([
            "tenant_id": .string(key.tenant), "month": .string(key.month),
            "currency": .string(key.currency), "cost": .string(amount.description),
          ])
        }),
      "seed": .integer(settings.seed), "end": .string(settings.end.description),
      "seconds": .double(seconds), "records_per_second": .double(perSecond),
    ])
  }

  var text: String {
    var text = """
      produced    \(summary.produced) records in \(Int64(seconds.rounded())) s, \
      \(Int64(perSecond.rounded())) records/s (seed \(settings.seed), end \(settings.end))
      unique      \(summary.unique): \(summary.uniqueInvocations) invocations, \
      \(summary.uniqueAuditLogs) audit_logs
      duplicates  \(summary.duplicates)
      rejected    \(summary.badCount + summary.conflicts) expected: \(summary.badCount) bad, \
      \(summary.conflicts) conflicting duplicates

      """
    for (reason, count) in summary.rejectedByReason.sorted(by: {
      ($1.value, $0.key) < ($0.value, $1.key)
    }) {
      text += "            \(count) \(reason)\n"
    }
    for (currency, amount) in summary.costByCurrency.sorted(by: { $0.key < $1.key }) {
      text += "cost        \(amount) \(currency)\n"
    }
    return text
  }

  private func counts(_ pairs: [(String, Int)]) -> JSONValue {
    .object(
      pairs.sorted { $0.0 < $1.0 }.map { .init(name: $0.0, value: .integer($0.1)) })
  }
}

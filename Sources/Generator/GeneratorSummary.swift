// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// What a store must hold after all of a generated load has gone through it.
package struct GeneratorSummary: Sendable, Equatable {
  /// One row's worth of money, for comparing with the rollups.
  package struct CostKey: Hashable, Sendable, Comparable {
    package let tenant: String
    package let month: String
    package let currency: String

    package static func < (left: CostKey, right: CostKey) -> Bool {
      (left.tenant, left.month, left.currency) < (right.tenant, right.month, right.currency)
    }
  }

  package var produced = 0
  package var uniqueInvocations = 0
  package var uniqueAuditLogs = 0
  package var duplicates = 0
  package var conflicts = 0
  package var bad: [BadKind: Int] = [:]
  package var inputTokens: Int64 = 0
  package var outputTokens: Int64 = 0
  package var unpriced = 0
  package var failed = 0
  /// Exact sums over unique invocations.
  package var costs: [CostKey: Amount] = [:]

  package init() {}

  package var unique: Int { uniqueInvocations + uniqueAuditLogs }
  package var badCount: Int { bad.values.reduce(0, +) }

  /// Expected rows of `rejected_records` by reason code.
  package var rejectedByReason: [String: Int] {
    var result: [String: Int] = [:]
    for (kind, count) in bad { result[kind.reason, default: 0] += count }
    if conflicts > 0 { result["conflicting_duplicate", default: 0] += conflicts }
    return result
  }

  /// Σcost per currency, exact.
  package var costByCurrency: [String: Amount] {
    costs.reduce(into: [:]) { sums, entry in
      let sum = sums[entry.key.currency] ?? .zero
      sums[entry.key.currency] = Amount(units: sum.units + entry.value.units)
    }
  }
}

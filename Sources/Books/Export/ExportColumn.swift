// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// A column of CSV and NDJSON: the names of the views of schema `reporting`.
struct ExportColumn: Sendable {
  enum Kind: Sendable {
    /// Written by producers or operators: guarded in CSV.
    case text
    /// Money is a string in JSON: a JSON number is a float for most readers.
    case amount
    case number
  }

  let name: String
  let kind: Kind
  /// Nil is an empty cell, or null.
  let value: @Sendable (ExportLine) -> String?

  init(_ name: String, _ kind: Kind = .text, _ value: @escaping @Sendable (ExportLine) -> String?) {
    self.name = name
    self.kind = kind
    self.value = value
  }

  static func all(_ granularity: ExportRequest.Granularity) -> [ExportColumn] {
    [
      ExportColumn("tenant_id") { $0.tenant },
      ExportColumn("tenant_name") { $0.tenantName },
      ExportColumn("payer") { $0.payer },
      ExportColumn(granularity == .day ? "charge_day" : "charge_month") { $0.periodStart },
      ExportColumn("billing_month") { $0.billingMonth },
      ExportColumn("time_zone") { $0.timeZone },
      ExportColumn("charge_class") { $0.isCorrection ? "Correction" : nil },
      ExportColumn("correction_kind") { $0.isCorrection ? $0.kind : nil },
      ExportColumn("correction_reason") { $0.isCorrection ? $0.reason : nil },
      ExportColumn("run_id", .number) { $0.runID > 0 ? String($0.runID) : nil },
      ExportColumn("project_id") { $0.project.isEmpty ? nil : $0.project },
      ExportColumn("provider") { $0.provider },
      ExportColumn("model") { $0.model },
      ExportColumn("service_tier") { $0.serviceTier },
      ExportColumn("currency") { $0.hasCost ? $0.currency : nil },
      ExportColumn("cost", .amount) { $0.hasCost ? $0.cost.description : nil },
      ExportColumn("requests", .number) { String($0.records) },
      ExportColumn("failed_requests", .number) { String($0.failedRecords) },
      ExportColumn("unpriced_requests", .number) { String($0.unpricedRecords) },
      ExportColumn("input_tokens", .number) { String($0.inputTokens) },
      ExportColumn("output_tokens", .number) { String($0.outputTokens) },
      ExportColumn("cache_read_input_tokens", .number) { String($0.cacheReadInputTokens) },
      ExportColumn("cache_creation_input_tokens", .number) { String($0.cacheCreationInputTokens) },
      ExportColumn("reasoning_output_tokens", .number) { String($0.reasoningOutputTokens) },
      ExportColumn("is_final", .number) { String($0.isFinal) },
      ExportColumn("estimated_requests", .number) { String($0.estimatedRecords) },
      ExportColumn("estimated_cost", .amount) { $0.hasCost ? $0.estimatedCost.description : nil },
    ]
  }
}

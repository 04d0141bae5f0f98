// SPDX-License-Identifier: Apache-2.0
import Pricing

/// What is measured in one row of FOCUS: a row has one unit and one price.
enum FocusMeter: String, CaseIterable {
  case inputTokens = "Input Tokens"
  case cachedInputTokens = "Cached Input Tokens"
  case cacheWriteTokens = "Cache Write Tokens"
  case outputTokens = "Output Tokens"
  case reasoningTokens = "Reasoning Tokens"
  /// The whole cost, where the catalogue cannot tell the tokens' shares.
  case requests = "Requests"

  static let tokens: [FocusMeter] = [
    .inputTokens, .cachedInputTokens, .cacheWriteTokens, .outputTokens, .reasoningTokens,
  ]

  var unit: String { self == .requests ? "Requests" : "Tokens" }

  /// Part of ids: `input_tokens`.
  var id: String { rawValue.lowercased().replacing(" ", with: "_") }

  /// No token counts twice: cached and written ones are part of the input, reasoning of the output.
  func quantity(_ line: ExportLine) -> Int64 {
    switch self {
    case .inputTokens:
      Self.rest(line.inputTokens, line.cacheReadInputTokens, line.cacheCreationInputTokens)
    case .cachedInputTokens: line.cacheReadInputTokens
    case .cacheWriteTokens: line.cacheCreationInputTokens
    case .outputTokens: Self.rest(line.outputTokens, line.reasoningOutputTokens, 0)
    case .reasoningTokens: line.reasoningOutputTokens
    case .requests: line.records
    }
  }

  /// `rates` with every fallback filled in; nil when the price is not known.
  func price(_ rates: PriceRates) -> UnitPrice? {
    switch self {
    case .inputTokens: rates.input
    case .cachedInputTokens: rates.cacheReadInput
    case .cacheWriteTokens: rates.cacheCreationInput
    case .outputTokens: rates.output
    case .reasoningTokens: rates.reasoningOutput
    case .requests: nil
    }
  }

  /// What is left of a whole without its parts, towards zero: a provider may count parts beside it.
  private static func rest(_ whole: Int64, _ part: Int64, _ other: Int64) -> Int64 {
    let (left, overflow) = whole.subtractingReportingOverflow(part)
    let (rest, overflows) = left.subtractingReportingOverflow(other)
    guard !overflow, !overflows, (rest < 0) == (whole < 0) else { return 0 }
    return rest
  }
}

// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// The columns of a rollup, as indexes.
struct RollupPlan: BitwiseCopyable {
  let project, provider: Int
  let models: UnsafeBufferPointer<Int>
  let serviceTier, cost, currency: Int
  let failedColumn: Int
  let failedText: UnsafeRawBufferPointer
  let estimatedColumn: Int
  let estimatedText: UnsafeRawBufferPointer
  let inputTokens, outputTokens, cacheReadInputTokens, cacheCreationInputTokens: Int
  let reasoningOutputTokens: Int

  func measures(_ row: UnsafeMutableBufferPointer<Value>) -> RollupMeasures {
    var measures = RollupMeasures()
    measures.records = 1
    if let status = row[failedColumn].text, equals(status, failedText) {
      measures.failedRecords = 1
    }
    if case .amount(let amount) = row[cost] {
      measures.cost = amount.units
    } else {
      measures.unpricedRecords = 1
    }
    if let source = row[estimatedColumn].text, equals(source, estimatedText) {
      measures.estimatedRecords = 1
      measures.estimatedCost = measures.cost
    }
    measures.inputTokens = row[inputTokens].number
    measures.outputTokens = row[outputTokens].number
    measures.cacheReadInputTokens = row[cacheReadInputTokens].number
    measures.cacheCreationInputTokens = row[cacheCreationInputTokens].number
    measures.reasoningOutputTokens = row[reasoningOutputTokens].number
    return measures
  }

  /// Appends the fields between the day and the end of the key.
  func appendKey(_ row: UnsafeMutableBufferPointer<Value>, to buffer: inout CopyBuffer) {
    buffer.append(text: row[project].text ?? UnsafeRawBufferPointer(start: nil, count: 0))
    append(row[provider], to: &buffer)
    append(models.lazy.map { row[$0] }.first { !$0.isNull } ?? .null, to: &buffer)
    append(row[serviceTier], to: &buffer)
    // A currency without a cost says nothing about money.
    if !row[cost].isNull, let code = row[currency].text {
      buffer.append(text: code)
    } else {
      buffer.append(text: Rollup.noCurrency)
    }
  }

  private func append(_ value: Value, to buffer: inout CopyBuffer) {
    if let text = value.text { buffer.append(text: text) } else { buffer.appendNull() }
  }
}

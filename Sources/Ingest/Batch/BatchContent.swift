// SPDX-License-Identifier: Apache-2.0
import Records

/// Which entries of a batch go where under a plan, and the counts that follow from it.
struct BatchContent {
  let part: BatchPart
  let plan: WritePlan
  /// The sums of a batch are those of all of its direct rows: a part of it is staged.
  let stagesEverything: Bool
  /// Streams with rows for their staging table.
  let stagedStreams: [StagedStream]
  /// Streams with rows for their table itself.
  let directStreams: [Stream]
  let hasRollups: Bool
  let hasRejections: Bool
  /// Of the rows that would be direct, by span, those that are staged as duplicates.
  private let duplicateCounts: [Int32: Int]

  private var batch: Batch { part.batch }

  init(_ part: BatchPart, _ plan: WritePlan) {
    self.part = part
    self.plan = plan
    let batch = part.batch
    let stagesEverything = plan.stagesEverything || !part.isWhole
    self.stagesEverything = stagesEverything
    var bySpan: [Int32: Int] = [:]
    var byStream: [Int: Int] = [:]
    if !stagesEverything {
      for entry in plan.duplicates {
        let span = batch.entries[entry].span
        bySpan[span, default: 0] += 1
        byStream[batch.spans[Int(span)].stream, default: 0] += 1
      }
    }
    duplicateCounts = bySpan
    var staged: [StagedStream] = []
    var direct: [Stream] = []
    for (index, stream) in batch.streams.enumerated() {
      batch.withRows(of: index) { rows in
        let duplicates = byStream[index, default: 0]
        let directCount = stagesEverything ? 0 : rows.directCount - duplicates
        if directCount > 0 { direct.append(stream) }
        if rows.directCount + rows.stagedCount > directCount { staged.append(StagedStream(stream)) }
      }
    }
    stagedStreams = staged
    directStreams = direct
    hasRollups = !stagesEverything && batch.rollupCount > 0
    hasRejections = !plan.refused.isEmpty || part.spans.contains { $0.rejected > 0 }
  }

  /// Records of a span that go straight into the table.
  func direct(_ span: Batch.Span, _ index: Int) -> Int {
    stagesEverything ? 0 : span.direct - duplicateCounts[Int32(index), default: 0]
  }

  /// The entries whose rows are staged, in the order of their offsets.
  func stagedEntries(of stream: Int) -> [Int] {
    part.entries.filter { index in
      let entry = batch.entries[index]
      guard batch.spans[Int(entry.span)].stream == stream, plan.refused[index] == nil else {
        return false
      }
      switch entry.path {
      case .staged: return true
      case .direct: return stagesEverything || plan.duplicates.contains(index)
      case .rejected, .skipped: return false
      }
    }
  }

  /// Whether the rollup deltas of the batch have counted a staged entry.
  func isCounted(_ index: Int) -> Bool {
    guard hasRollups, case .direct = batch.entries[index].path else { return false }
    return true
  }

  /// Whether an entry is a direct row that goes straight into its table.
  func isDirect(_ index: Int) -> Bool {
    !stagesEverything && (plan.duplicates.isEmpty || !plan.duplicates.contains(index))
  }

  /// Whether an item of the record of an entry is refused: its bytes are kept with that.
  func keepsRecord(of index: Int) -> Bool {
    batch.record(of: index).contains { refusal($0) != nil }
  }

  /// Why an entry is refused, if it is.
  func refusal(_ index: Int) -> WritePlan.Refusal? {
    if let refusal = plan.refused[index] { return refusal }
    if case .rejected(let rejection) = batch.entries[index].path {
      return WritePlan.Refusal(rejection: rejection, message: nil)
    }
    return nil
  }
}

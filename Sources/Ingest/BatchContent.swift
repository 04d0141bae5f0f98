// SPDX-License-Identifier: Apache-2.0
import Records

/// Which entries of a batch go where under a plan, and the counts that follow from it.
struct BatchContent {
  let batch: Batch
  let plan: WritePlan
  /// Streams with rows for their staging table.
  let stagedStreams: [Stream]
  /// Streams with rows for their table itself.
  let directStreams: [Stream]
  let hasRollups: Bool
  let hasRejections: Bool

  init(_ batch: Batch, _ plan: WritePlan) {
    self.batch = batch
    self.plan = plan
    var staged: [Stream] = []
    var direct: [Stream] = []
    for (index, stream) in batch.streams.enumerated() {
      batch.withRows(of: index) { rows in
        if plan.stagesEverything {
          if rows.directCount + rows.stagedCount > 0 { staged.append(stream) }
        } else {
          if rows.directCount > 0 { direct.append(stream) }
          if rows.stagedCount > 0 { staged.append(stream) }
        }
      }
    }
    stagedStreams = staged
    directStreams = direct
    hasRollups = !plan.stagesEverything && batch.rollupCount > 0
    hasRejections = !plan.refused.isEmpty || batch.spans.contains { $0.rejected > 0 }
  }

  /// Records of a span that go straight into the table.
  func direct(_ span: Batch.Span) -> Int { plan.stagesEverything ? 0 : span.direct }

  /// The entries whose rows are staged, in the order of their offsets.
  func stagedEntries(of stream: Int) -> [Int] {
    batch.entries.indices.filter { index in
      let entry = batch.entries[index]
      guard batch.spans[Int(entry.span)].stream == stream, plan.refused[index] == nil else {
        return false
      }
      switch entry.path {
      case .staged: return true
      case .direct: return plan.stagesEverything
      case .rejected: return false
      }
    }
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

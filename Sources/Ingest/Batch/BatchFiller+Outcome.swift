// SPDX-License-Identifier: Apache-2.0
import Records

extension BatchFiller {
  /// What became of a record.
  enum Outcome {
    /// So many of its items; what was skipped is neither.
    case taken(accepted: Int, rejected: Int)
    /// Only one of two clocks that contradict each other calls an item too new; nothing of the
    /// record is in the batch.
    case inDoubt
    /// Nothing of the record is in the batch; the id of its schema.
    case awaitsSchema(UInt32)
  }

  /// Whether the schema of a record is still to come.
  func isAwaited(schema id: UInt32) -> Bool { schemas?.isAwaited(id) ?? false }
}

// SPDX-License-Identifier: Apache-2.0
import Records

/// How a batch is to be written; changes from one attempt to the next.
struct WritePlan {
  /// A record that the database or the partition policy refused after it had been accepted.
  struct Refusal {
    var rejection: Rejection
    /// Overrides the reason's own sentence.
    var message: String?
  }

  /// Every row takes the staging path: single rows must be left out, or a duplicate came between
  /// question and COPY.
  var stagesEverything = false
  /// Rows that the filter took for new and the primary key knows, by index of the entry: staged
  /// too.
  var duplicates: Set<Int> = []
  /// The temporary tables on the connection are not what they should be.
  var remakesTables = false
  /// By index of the entry.
  var refused: [Int: Refusal] = [:]

  mutating func refuse(_ entry: Int, _ refusal: Refusal) {
    refused[entry] = refusal
    stagesEverything = true
  }
}

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

  /// Every row takes the staging path: a unique violation showed duplicates that the filter did not
  /// know, or single rows must be left out.
  var stagesEverything = false
  /// By index of the entry.
  var refused: [Int: Refusal] = [:]

  mutating func refuse(_ entry: Int, _ refusal: Refusal) {
    refused[entry] = refusal
    stagesEverything = true
  }
}

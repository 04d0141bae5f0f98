// SPDX-License-Identifier: Apache-2.0
import Records

/// How a batch is to be written; changes from one attempt to the next.
package struct WritePlan {
  /// A record that the database or the partition policy refused after it had been accepted.
  package struct Refusal {
    var rejection: Rejection
    /// Overrides the reason's own sentence.
    var message: String?
  }

  /// Every row takes the staging path: a unique violation showed duplicates that the filter did not
  /// know, or single rows must be left out.
  package var stagesEverything = false
  /// By index of the entry.
  package var refused: [Int: Refusal] = [:]

  package mutating func refuse(_ entry: Int, _ refusal: Refusal) {
    refused[entry] = refusal
    stagesEverything = true
  }
}

// SPDX-License-Identifier: Apache-2.0

/// What to do now, and what is not as it should be.
package struct Plan: Sendable, Equatable {
  /// In the order in which they are done: creations, then retention, then closing.
  ///
  /// A retirement is planned to its end. The actions of one partition follow each other, and each
  /// needs the one before: when one fails, the others of this partition wait for the next plan. A
  /// month that is made when it has long ended is closed by the next plan.
  package var actions: [PlannedAction] = []
  package var findings: [PlanFinding] = []

  package init() {}
}

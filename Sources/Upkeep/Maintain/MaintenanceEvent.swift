// SPDX-License-Identifier: Apache-2.0

/// What a run tells whoever watches it.
package enum MaintenanceEvent: Sendable {
  case began(PlannedAction)
  /// Rows of a partition that have been exported so far, and how many there are.
  case exported(PlannedAction, rows: Int64, of: Int64?)
  case done(PlannedAction)
  /// Nothing happens to it, on purpose: a hold, or a file that has to be written again.
  case passed(PlannedAction, why: String)
  case failed(PlannedAction, UpkeepError)
  case ended(JobReport)
}

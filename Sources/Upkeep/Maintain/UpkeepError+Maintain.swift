// SPDX-License-Identifier: Apache-2.0
import Sysexits

extension UpkeepError {
  static let stopped = UpkeepError(
    "a stop was requested; the next run goes on from here", exitCode: .temporary)
  static let deadline = UpkeepError(
    "the job ran into its deadline; the next run goes on from here", exitCode: .temporary)

  var isStopped: Bool { description == Self.stopped.description }
  var isDeadline: Bool { description == Self.deadline.description }

  /// Nothing has failed: there is only no time to go on.
  var isStop: Bool { isStopped || isDeadline }
}

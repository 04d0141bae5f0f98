// SPDX-License-Identifier: Apache-2.0

/// One thing at a site that is not as it should be.
package struct Finding: Sendable, Hashable {
  package enum Gravity: String, Sendable {
    /// Something is lost, forged, readable or down now, or with the next fault.
    case problem
    /// It works, worse than it could, or with less to look at afterwards.
    case warning
  }

  /// The stable name of the check, `postgres.fsync`: what `--accept` takes.
  package let check: String
  package let gravity: Gravity
  /// What was seen.
  package let what: String
  /// Why it matters.
  package let why: String
  /// The command or the setting that mends it.
  package let remedy: String

  package init(_ check: String, _ gravity: Gravity, what: String, why: String, remedy: String) {
    self.check = check
    self.gravity = gravity
    self.what = what
    self.why = why
    self.remedy = remedy
  }
}

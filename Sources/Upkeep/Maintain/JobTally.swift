// SPDX-License-Identifier: Apache-2.0

/// What a job has done so far, and what has failed on the way.
struct JobTally {
  var actions = 0
  var notes: [String] = []
  var failures: [String] = []

  private static let entriesMax = 20

  /// One line for `maintenance_runs`; failures first.
  var message: String {
    var parts = Self.shortened(failures) + Self.shortened(notes)
    if parts.isEmpty { parts = [actions == 0 ? "nothing to do" : "\(actions) done"] }
    return parts.joined(separator: "; ")
  }

  private static func shortened(_ entries: [String]) -> [String] {
    entries.count <= entriesMax
      ? entries : entries.prefix(entriesMax) + ["and \(entries.count - entriesMax) more"]
  }
}

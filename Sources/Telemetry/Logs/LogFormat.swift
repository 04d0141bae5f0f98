// SPDX-License-Identifier: Apache-2.0

/// The shape of a log line: one JSON object for machines, `time level message key=value` for
/// people.
package enum LogFormat: String, CaseIterable, Sendable {
  case json, text
}

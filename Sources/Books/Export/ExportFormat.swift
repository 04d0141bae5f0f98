// SPDX-License-Identifier: Apache-2.0

/// How the lines of an export are written.
package enum ExportFormat: Sendable, Equatable {
  /// RFC 4180 with the columns of `reporting.daily_costs` or `reporting.monthly_costs`.
  case csv
  /// One JSON object a line, with the same names.
  case ndjson
  /// CSV with the columns of the FinOps Open Cost and Usage Specification, one row a meter.
  case focus(FocusVersion)

  package init?(_ name: String, focusVersion: FocusVersion) {
    switch name {
    case "csv": self = .csv
    case "ndjson": self = .ndjson
    case "focus": self = .focus(focusVersion)
    default: return nil
    }
  }

  package var name: String {
    switch self {
    case .csv: "csv"
    case .ndjson: "ndjson"
    case .focus(let version): "focus-\(version.rawValue)"
    }
  }

  package var fileSuffix: String { self == .ndjson ? "ndjson" : "csv" }
}

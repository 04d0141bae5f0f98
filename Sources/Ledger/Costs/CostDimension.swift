// SPDX-License-Identifier: Apache-2.0

/// What costs can be split by, besides tenant and currency.
package enum CostDimension: String, CaseIterable, Sendable {
  case day, project, provider, model, zone
  /// Correction or nothing.
  case chargeClass = "class"

  /// The column in the rollups and in the output.
  package var column: String {
    switch self {
    case .day: "day"
    case .project: "project_id"
    case .provider: "provider"
    case .model: "model"
    case .zone: "time_zone"
    case .chargeClass: "charge_class"
    }
  }
}

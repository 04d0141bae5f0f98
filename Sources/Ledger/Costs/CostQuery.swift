// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// Which costs, and how they are split.
///
/// Periods are the tenants' billing days or months.
package struct CostQuery: Sendable, Equatable {
  package enum Period: Sendable, Equatable {
    case month(Month)
    /// From the first day up to, not including, the second.
    case days(CivilDate, CivilDate)
  }

  /// Which corrections of closed months are added to the rollups.
  package enum Basis: String, Sendable, CaseIterable {
    /// Those that are billed in the period; for whole months only.
    case billing
    /// Those whose cost was incurred in the period.
    case charge
  }

  package var period: Period
  /// Nil: the rollups alone, and for a month what is billed beside them.
  package var basis: Basis?
  /// Nil for all tenants.
  package var tenant: String?
  package var dimensions: [CostDimension]

  /// What is billed is known of months only.
  package var hasBill: Bool {
    guard case .month = period else { return false }
    return basis == nil
  }

  package init(
    period: Period, tenant: String?, dimensions: [CostDimension], basis: Basis? = nil
  ) {
    self.period = period
    self.tenant = tenant
    self.dimensions = dimensions
    self.basis = basis
  }
}

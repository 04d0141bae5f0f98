// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// Which costs, and how they are split.
///
/// Periods are UTC days or months.
package struct CostQuery: Sendable, Equatable {
  package enum Period: Sendable, Equatable {
    case month(Month)
    /// From the first day up to, not including, the second.
    case days(CivilDate, CivilDate)
  }

  package var period: Period
  /// Nil for all tenants.
  package var tenant: String?
  package var dimensions: [CostDimension]

  package init(period: Period, tenant: String?, dimensions: [CostDimension]) {
    self.period = period
    self.tenant = tenant
    self.dimensions = dimensions
  }
}

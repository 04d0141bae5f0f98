// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// Which number is explained.
package struct ExplainRequest: Sendable, Equatable {
  package var tenant: String
  package var month: Month
  /// The model that answered, or else the one asked for; nil for all.
  package var model: String?
  /// One billing day of the month.
  package var day: CivilDate?
  /// Rows of each section that are shown.
  package var limit: Int

  package init(
    tenant: String, month: Month, model: String? = nil, day: CivilDate? = nil, limit: Int = 20
  ) {
    self.tenant = tenant
    self.month = month
    self.model = model
    self.day = day
    self.limit = limit
  }
}

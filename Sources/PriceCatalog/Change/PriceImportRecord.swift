// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
import Pricing

/// An import that was entered: from when on its list holds.
package struct PriceImportRecord: Sendable, Hashable {
  package let version: Int64
  package let from: Timestamp
  /// Nil: for good.
  package let to: Timestamp?
  /// It took also what was known to change later.
  package let replacesLater: Bool
  /// Which models its list has.
  package let models: PriceListModels

  package init(
    version: Int64, from: Timestamp, to: Timestamp? = nil, replacesLater: Bool = false,
    models: PriceListModels = .all
  ) {
    self.version = version
    self.from = from
    self.to = to
    self.replacesLater = replacesLater
    self.models = models
  }

  /// The instants at which lists that have the model begin and end to hold, each with the newest
  /// version that says so; `records` in order of their versions.
  static func dates(_ records: [PriceImportRecord], of model: PriceModel) -> [Timestamp: Int64] {
    var dates: [Timestamp: Int64] = [:]
    for record in records where record.models.contains(model) {
      if record.replacesLater {
        dates = dates.filter { date, _ in
          date < record.from || record.to.map { $0 <= date } ?? false
        }
      }
      dates[record.from] = record.version
      if let to = record.to { dates[to] = record.version }
    }
    return dates
  }
}

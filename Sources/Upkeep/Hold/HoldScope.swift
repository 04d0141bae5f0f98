// SPDX-License-Identifier: Apache-2.0
package import CopyFormat
import Postgres

/// What a hold covers; a part that is nil does not limit it.
package struct HoldScope: Sendable, Equatable {
  package let tenant: String?
  package let table: String?
  package let from: Timestamp?
  package let to: Timestamp?

  package init(tenant: String?, table: String?, from: Timestamp?, to: Timestamp?) {
    self.tenant = tenant
    self.table = table
    self.from = from
    self.to = to
  }

  /// For people: `tenant acme, table invocations, from 2026-01-01`.
  package var description: String {
    let parts = [
      tenant.map { "tenant \($0)" }, table.map { "table \($0)" },
      from.map { "from \(Self.short("\($0)"))" }, to.map { "before \(Self.short("\($0)"))" },
    ].compactMap { $0 }
    return parts.isEmpty ? "everything" : parts.joined(separator: ", ")
  }

  /// A time without what is zero: midnight, UTC, is the date.
  package static func short(_ time: String) -> String {
    time.replacing("T00:00:00.000000Z", with: "").replacing(".000000Z", with: "Z")
  }

  /// Literals of the range.
  var fromSQL: String { Self.literal(from, or: "-infinity") }
  var toSQL: String { Self.literal(to, or: "infinity") }

  private static func literal(_ time: Timestamp?, or unlimited: String) -> String {
    SQL.literal(time.map { "\($0)" } ?? unlimited) + "::timestamptz"
  }
}

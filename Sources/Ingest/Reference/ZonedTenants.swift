// SPDX-License-Identifier: Apache-2.0
import Pricing

/// The tenants that have a time zone of their own: their rollup deltas carry the quarter of an
/// hour.
///
/// A set that is asked with borrowed bytes and allocates nothing. Immutable, any thread.
final class ZonedTenants: Sendable {
  static let none = ZonedTenants([], revision: "")

  /// Changes when any zone does.
  let revision: String
  let count: Int
  private let tenants: NameTable

  init(_ tenants: [String], revision: String) {
    self.revision = revision
    count = tenants.count
    self.tenants = NameTable(tenants.map { (scope: 0, name: $0, number: 0) })
  }

  /// `tenant` is UTF-8.
  func contains(_ tenant: UnsafeRawBufferPointer) -> Bool {
    count > 0 && tenants.number(tenant) >= 0
  }
}

// SPDX-License-Identifier: Apache-2.0

/// Regions of prices: as the provider names them, in lower case, as `eu-west-2` or `eu`.
package enum PriceRegion {
  /// Has the price of every region that is named and has none of its own, but for ``global``.
  package static let named = "*"
  static let global = "global"

  package static func canonical(_ name: String) -> String { name.asciiLowercased }

  static func isGlobal(_ name: UnsafeRawBufferPointer) -> Bool {
    name.count == global.utf8.count && zip(name, global.utf8).allSatisfy { $0 | 0x20 == $1 }
  }
}

// SPDX-License-Identifier: Apache-2.0

/// What a token is; the raw values are those of the C reader.
package enum JSONKind: UInt8, Sendable {
  case object, array, key, string, number, `true`, `false`, null

  /// The derived one is no more than this, but is called across the module border.
  @inlinable package static func == (left: JSONKind, right: JSONKind) -> Bool {
    left.rawValue == right.rawValue
  }
}

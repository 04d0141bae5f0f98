// SPDX-License-Identifier: Apache-2.0

/// One `key = value` of a configuration file.
package struct ConfigEntry: Sendable, Equatable {
  package let key: String
  package let value: String
  /// 1-based.
  package let line: Int
}

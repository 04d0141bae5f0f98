// SPDX-License-Identifier: Apache-2.0

/// How people read a currency column.
enum CurrencyText {
  /// ISO 4217 for none, as tables and JSON have it.
  private static let none = "XXX"

  static func words(_ code: String?) -> String? { isNone(code) ? "no currency" : code }

  static func isNone(_ code: String?) -> Bool { code == none }
}

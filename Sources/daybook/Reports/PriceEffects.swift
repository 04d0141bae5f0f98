// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Postgres
import PriceCatalog
import Pricing

/// What calls that were made already would cost after a change of prices, for dry runs.
struct PriceEffects {
  private let effects: [PriceInterval: PriceEffect]
  /// Nil: the login may not read calls.
  private let total: PriceEffect?

  init(
    _ catalog: PriceCatalog, _ connection: inout Connection, _ changes: [PriceChange],
    on intervals: [PriceInterval], progress: (Int64) -> Void
  ) throws(PostgresError) {
    do throws(PostgresError) {
      let found = try catalog.effects(
        &connection, catalog.load(&connection), changes, on: intervals, progress: progress)
      effects = Dictionary(zip(intervals, found)) { first, _ in first }
      total = found.reduce(into: PriceEffect()) { $0 += $1 }
    } catch {
      guard error.sqlState == .insufficientPrivilege else { throw error }
      effects = [:]
      total = nil
    }
  }

  /// `: 12 calls, 1.5 → 3 USD (+1.5)` behind an interval; nothing where there are no calls.
  func text(_ interval: PriceInterval) -> String {
    guard let effect = effects[interval], effect.calls > 0 else { return "" }
    return ": " + Self.text(effect)
  }

  var totalText: String {
    guard let total else {
      return "calls were not looked at: that wants a login in app_finance"
    }
    return total.calls == 0
      ? "no call that was priced by the catalogue lies in these intervals"
      : "daybook reprice would move: \(Self.text(total))"
  }

  func json(_ interval: PriceInterval) -> JSONValue { Self.json(effects[interval]) }

  var totalJSON: JSONValue { Self.json(total) }

  private static func text(_ effect: PriceEffect) -> String {
    var parts = ["\(effect.calls) calls"]
    parts += effect.moved.map {
      "\($0.now) → \($0.then) \($0.currency) (\(signed($0.difference)))"
    }
    if effect.withoutPrice > 0 {
      parts.append("\(effect.withoutPrice) keep their cost, for they have no price then")
    }
    return parts.joined(separator: ", ")
  }

  private static func signed(_ amount: Amount) -> String {
    amount > .zero ? "+\(amount)" : amount.description
  }

  private static func json(_ effect: PriceEffect?) -> JSONValue {
    guard let effect else { return .null }
    return .object([
      "calls": .integer(effect.calls), "without_price": .integer(effect.withoutPrice),
      "moved": .array(
        effect.moved.map {
          .object([
            "currency": .string($0.currency), "now": .string($0.now.description),
            "then": .string($0.then.description),
            "difference": .string($0.difference.description),
          ])
        }),
    ])
  }
}

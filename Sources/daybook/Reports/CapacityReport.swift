// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Ledger

/// What `daybook capacity` prints.
struct CapacityReport {
  private let capacity: Capacity
  private let growth: Double
  private let storageGiB: Double?

  init(_ capacity: Capacity, growth: Double, storageGiB: Double?) {
    self.capacity = capacity
    self.growth = growth
    self.storageGiB = storageGiB
  }

  /// Storage or connections need somebody within half a year.
  var isTriggered: Bool {
    (monthsUntilStorage ?? .max) <= Self.urgentMonths || connectionShare >= Self.connectionTrigger
  }

  func text(_ view: TableView) -> String {
    let table = Table(
      [.text("month"), .number("months_ahead"), .number("database_gib"), .number("wal_gib_a_day")],
      rows: Self.horizons.map { months in
        [
          capacity.now.advanced(by: months).description, String(months), Self.gib(bytes(months)),
          wal(months).map(Self.gib) ?? "",
        ]
      })
    return table.text(view) + "\n" + sentences.joined(separator: "\n") + "\n"
  }

  var json: JSONValue {
    .object([
      "triggered": .boolean(isTriggered),
      "growth_per_month": .double(growth),
      "records_per_day": .double(capacity.recordsPerDay),
      "projection": .array(
        Self.horizons.map { months in
          .object([
            "month": .string(capacity.now.advanced(by: months).description),
            "months_ahead": .integer(months),
            "database_bytes": .integer(Self.whole(bytes(months))),
            "wal_bytes_per_day": wal(months).map { .integer(Self.whole($0)) } ?? .null,
          ])
        }),
      "storage_trigger_month": .optional(
        monthsUntilStorage.map { capacity.now.advanced(by: $0).description }),
      "connections": .integer(capacity.connections),
      "connections_max": .integer(capacity.connectionsMax),
    ])
  }

  private var sentences: [String] {
    var lines = [
      "\(Int(min(capacity.recordsPerDay, 1e15))) records a day were stored in the last 28 days"
    ]
    if let storageGiB {
      let limit = "70 % of \(Int(storageGiB)) GiB"
      switch monthsUntilStorage {
      case 0:
        lines.append("storage: more than \(limit) are taken now: enlarge it, or keep fewer months")
      case .some(let months):
        lines.append("storage: \(limit) are taken in \(capacity.now.advanced(by: months))")
      case nil: lines.append("storage: \(limit) are not taken within \(Self.monthsMax) months")
      }
    }
    let percent = Int(connectionShare * 100)
    lines.append(
      "connections: \(capacity.connections) of \(capacity.connectionsMax) (\(percent) %)"
        + (connectionShare >= Self.connectionTrigger ? ": ops/runbooks/pool-exhaustion.md" : ""))
    return lines
  }

  private func bytes(_ months: Int) -> Double {
    capacity.bytes(monthsAhead: months, growth: growth)
  }

  /// It grows with the records.
  private func wal(_ months: Int) -> Double? {
    capacity.walBytesPerDay.map { day in
      (0..<months).reduce(day) { product, _ in product * (1 + growth) }
    }
  }

  private var monthsUntilStorage: Int? {
    storageGiB.flatMap {
      capacity.monthsUntil(
        above: $0 * Self.bytesPerGiB * Self.storageTrigger, growth: growth,
        atMost: Self.monthsMax)
    }
  }

  private var connectionShare: Double {
    Double(capacity.connections) / Double(max(1, capacity.connectionsMax))
  }

  /// One decimal, which is all that a projection can say.
  private static func gib(_ bytes: Double) -> String {
    let tenths = Int64(min(bytes / bytesPerGiB * 10, 1e15).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }

  private static func whole(_ bytes: Double) -> Int64 { Int64(min(bytes, 9e18).rounded()) }

  private static let horizons = [0, 1, 3, 6, 12]
  private static let urgentMonths = 6
  private static let monthsMax = 60
  private static let storageTrigger = 0.70
  private static let connectionTrigger = 0.80
  private static let bytesPerGiB = 1_073_741_824.0
}

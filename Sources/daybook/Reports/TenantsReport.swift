// SPDX-License-Identifier: Apache-2.0
import Books

/// How tenants and changes of their zones are printed.
enum TenantsReport {
  static func table(_ tenants: [Tenant]) -> Table {
    Table(
      [
        .text("tenant_id"), .text("name"), .text("time_zone"), .text("since"), .text("payer"),
        .text("currency"), .text("updated_at"), .text("updated_by"),
      ],
      rows: tenants.map { tenant in
        [
          tenant.id, tenant.displayName, tenant.timeZone, since(tenant), tenant.payer,
          tenant.currency, tenant.updatedAt, tenant.updatedBy,
        ]
      })
  }

  /// The month with which the zone of now began.
  private static func since(_ tenant: Tenant) -> String? {
    guard let zone = tenant.zones.first else { return nil }
    return zone.firstMonth ?? "always"
  }

  static func text(_ id: String, _ tenant: Tenant?, _ change: ZoneChange) -> String {
    var lines = ["tenant      \(id)"]
    if let tenant {
      if let name = tenant.displayName { lines.append("name        \(name)") }
      if let payer = tenant.payer { lines.append("payer       \(payer)") }
      if let currency = tenant.currency { lines.append("currency    \(currency)") }
      lines.append("time zone   \(tenant.timeZone)")
      for zone in tenant.zones {
        lines.append(
          "            \(zone.timeZone) \(zone.firstMonth.map { "from \($0) on" } ?? "from the first month on"), "
            + "set at \(zone.setAt) by \(zone.setBy)")
      }
      lines.append("changed     \(tenant.updatedAt) by \(tenant.updatedBy)")
    } else {
      lines.append("time zone   UTC (no entry)")
    }
    for month in change.months {
      lines.append("open month  \(month.month): \(month.records) records")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What a change would do, in words.
  static func plan(
    _ id: String, _ changes: [(name: String, value: String?)], _ change: ZoneChange?
  ) -> String {
    var lines = changes.map { "tenant \(id): \($0.name) → \($0.value ?? "none")" }
    if let change {
      lines.append(
        change.firstOpenMonth.map { "the zone begins with \($0); months before it keep theirs" }
          ?? "no month is closed: the zone holds for all of them")
      for month in change.months {
        lines.append("\(month.month) is made again: \(month.records) records")
      }
      if change.months.isEmpty { lines.append("there are no records of open months") }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  static func json(_ tenant: Tenant) -> JSONValue { .object(members(tenant)) }

  static func json(_ id: String, _ tenant: Tenant?, _ change: ZoneChange) -> JSONValue {
    var all =
      tenant.map(members)
      ?? [
        .init(name: "tenant_id", value: .string(id)),
        .init(name: "time_zone", value: .string("UTC")), .init(name: "zones", value: .array([])),
      ]
    all.append(.init(name: "open_months", value: months(change)))
    return .object(all)
  }

  /// The answer of `tenants set`; `isRebuilt`: the open months are made again.
  static func json(
    _ id: String, _ change: ZoneChange, isRebuilt: Bool, isDryRun: Bool
  ) -> JSONValue {
    .object([
      "tenant_id": .string(id), "known": .boolean(change.isKnownTenant),
      "dry_run": .boolean(isDryRun), "rebuilt": .boolean(isRebuilt),
      "first_open_month": .optional(isRebuilt ? change.firstOpenMonth : nil),
      "open_months": isRebuilt ? months(change) : .array([]),
      "records": .integer(isRebuilt ? change.records : 0),
    ])
  }

  private static func members(_ tenant: Tenant) -> [JSONValue.Member] {
    [
      .init(name: "tenant_id", value: .string(tenant.id)),
      .init(name: "display_name", value: .optional(tenant.displayName)),
      .init(name: "time_zone", value: .string(tenant.timeZone)),
      .init(name: "payer", value: .optional(tenant.payer)),
      .init(name: "currency", value: .optional(tenant.currency)),
      .init(name: "updated_at", value: .string(tenant.updatedAt)),
      .init(name: "updated_by", value: .string(tenant.updatedBy)),
      .init(
        name: "zones",
        value: .array(
          tenant.zones.map { zone in
            .object([
              "first_month": .optional(zone.firstMonth), "time_zone": .string(zone.timeZone),
              "set_at": .string(zone.setAt), "set_by": .string(zone.setBy),
            ])
          })),
    ]
  }

  private static func months(_ change: ZoneChange) -> JSONValue {
    .array(
      change.months.map {
        .object(["month": .string($0.month), "records": .integer($0.records)])
      })
  }
}

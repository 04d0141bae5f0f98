// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Ledger
import Postgres

@testable import Books

/// A random interleaving of everything that moves money, and what must hold after every step.
struct BooksWalk {
  private let scene: BooksScene
  private var random: SeededRandom
  /// Months that were closed, oldest first, and what the rollups before their end were then.
  private var closed: [(month: Month, rollups: String)] = []
  private var statements = ""
  private(set) var steps: [String] = []

  private static let tenants = ["acme", "berlin", "kolkata", "apia"]
  private static let zones = [
    "UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Pacific/Kiritimati",
    "Etc/GMT+12",
  ]

  init(_ scene: BooksScene, seed: UInt64) {
    self.scene = scene
    random = SeededRandom(seed: seed)
  }

  /// Takes one step; what does not hold afterwards.
  mutating func step(isLast: Bool) throws -> [String] {
    var isThorough = isLast
    // Without records nothing else moves anything.
    switch steps.count < 2 ? 0 : Int.random(in: 0..<24, using: &random) {
    case 0..<9: try ingest()
    case 9..<13: try reprice()
    case 13..<17: try close()
    case 17..<19: try reopen()
    case 19..<22: try changeZone()
    default:
      try plantAndRepair()
      isThorough = true
    }
    return try problems(isThorough: isThorough)
  }

  // MARK: Steps

  private mutating func ingest() throws {
    var records: [BooksScene.Record] = []
    for _ in 0..<Int.random(in: 1...8, using: &random) {
      var record = BooksScene.Record(at: instant())
      record.tenant = Self.tenants.randomElement(using: &random) ?? ""
      record.cost = Int.random(in: 0..<4, using: &random) == 0 ? nil : cost()
      record.currency = ["USD", "EUR", "JPY"].randomElement(using: &random) ?? ""
      record.source = Bool.random(using: &random) ? "producer" : "computed"
      record.model = Bool.random(using: &random) ? "m" : "n"
      record.status = Bool.random(using: &random) ? "success" : "failure"
      record.tokens = Int.random(in: 0..<1000, using: &random)
      record.usageSource =
        [nil, "provider", "estimated", "unknown"].randomElement(using: &random) ?? nil
      records.append(record)
    }
    let staged = Bool.random(using: &random)
    steps.append("ingest \(records.count)\(staged ? " staged" : "")")
    try scene.ingest(records, staged: staged)
  }

  /// Often within hours of the change of a month.
  private mutating func instant() -> Timestamp {
    let month = BooksScene.month(BooksScene.monthsAgo.randomElement(using: &random) ?? 2)
    let day = Timestamp.microsecondsPerDay
    let start = month.start.microseconds
    let end = month.next.start.microseconds
    let offsets = [0, 1, day / 2, day - 1].map { start + $0 } + [end - 1, end - day / 3]
    return Timestamp(
      microseconds: Bool.random(using: &random)
        ? offsets.randomElement(using: &random) ?? start
        : Int64.random(in: start..<end, using: &random))
  }

  private mutating func cost() -> String {
    "\(Amount(units: Int128(Int64.random(in: 0..<5_000_000_000_000, using: &random))))"
  }

  private mutating func reprice() throws {
    let tenant = Self.tenants.randomElement(using: &random) ?? ""
    let currency = ["USD", "EUR"].randomElement(using: &random) ?? ""
    let count = try scene.reprice(
      "0.00\(Int.random(in: 0..<1_000_000_000, using: &random))", currency,
      of: """
        tenant_id = '\(tenant)' ORDER BY md5(source_offset || '\(cost())')
        LIMIT \(Int.random(in: 1...4, using: &random))
        """)
    steps.append("reprice \(count ?? "none") of \(tenant)")
  }

  private mutating func close() throws {
    // The month before the first partition may have cost in zones behind UTC.
    let first = BooksScene.month((BooksScene.monthsAgo.max() ?? 0) + 1)
    let month = closed.last.map { $0.month.next } ?? first
    guard month < BooksScene.month(1) else { return }
    steps.append("close \(month)")
    var books = try scene.books()
    _ = try books.close(month, reason: nil, allowUnpriced: true, dryRun: true)
    let outcome = try books.close(month, reason: "test", allowUnpriced: true, dryRun: false)
    guard outcome.isClosed, outcome.statement.problems.isEmpty else { throw Broken(outcome) }
    closed.append((month, try rollups(before: month.next)))
    statements = try allStatements()
  }

  private mutating func reopen() throws {
    guard let last = closed.popLast() else { return }
    steps.append("reopen \(last.month)")
    var books = try scene.books()
    try books.reopen(last.month, reason: "test")
  }

  private mutating func changeZone() throws {
    let tenant = Self.tenants.dropFirst().randomElement(using: &random) ?? ""
    let zone = Self.zones.randomElement(using: &random) ?? ""
    do throws(PostgresError) {
      try scene.setZone(tenant, zone)
      steps.append("\(tenant) to \(zone)")
    } catch {
      guard error.message.contains("a reopened month has corrections") else { throw error }
      steps.append("\(tenant) to \(zone) refused")
    }
  }

  private mutating func plantAndRepair() throws {
    let from = closed.last.map { "'\($0.month.next)-01'" } ?? "'-infinity'"
    let (table, period) =
      Bool.random(using: &random) ? ("costs_daily", "day") : ("costs_monthly", "month")
    let chosen = """
      ctid = (SELECT ctid FROM \(table) WHERE records <> 0 AND \(period) >= \(from)
              ORDER BY md5(tenant_id || \(period) || '\(cost())') LIMIT 1)
      """
    let plants = [
      "UPDATE \(table) SET cost = cost + 0.000000000001 WHERE \(chosen)",
      "UPDATE \(table) SET records = records - 1, output_tokens = 7 WHERE \(chosen)",
      "UPDATE \(table) SET estimated_cost = estimated_cost - 0.000000000001 WHERE \(chosen)",
      "UPDATE \(table) SET estimated_records = estimated_records + 1 WHERE \(chosen)",
      "UPDATE \(table) SET time_zone = 'Asia/Tokyo' WHERE \(chosen)",
      "DELETE FROM \(table) WHERE \(chosen)",
      "UPDATE \(table) SET currency = 'GBP' WHERE \(chosen)",
      "UPDATE \(table) SET tenant_id = tenant_id || '?' WHERE \(chosen)",
    ]
    let plant = plants.randomElement(using: &random) ?? ""
    try scene.value(plant)
    let isPlanted =
      try scene.value("SELECT count(*) FROM \(table) WHERE records <> 0 AND \(period) >= \(from)")
      != "0"
    let report = try scene.reconcile(repair: "test")
    steps.append("\(plant.prefix(40)): \(report.differences)")
    if isPlanted, report.differences == 0 { throw Broken("drift was not found: \(plant)") }
    if !report.isGood { throw Broken("not repaired: \(plant) \(report.drift)") }
  }

  // MARK: What must hold

  private func problems(isThorough: Bool) throws -> [String] {
    var problems: [String] = []
    if let wrong = try scene.value(Self.sumsSQL) { problems.append("sums: \(wrong)") }
    for entry in closed where try rollups(before: entry.month.next) != entry.rollups {
      problems.append("rollups up to \(entry.month) have changed since it was closed")
    }
    if try !statements.isEmpty && allStatements() != statements {
      problems.append("a statement has changed")
    }
    problems += try scene.differences()
    if isThorough {
      problems += try scene.audit().problems
      let report = try scene.reconcile()
      if report.differences > 0 { problems.append("reconcile finds \(report.drift)") }
    }
    return problems
  }

  private func rollups(before end: Month) throws -> String {
    try scene.value(
      """
      SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
        SELECT r::text AS line FROM costs_daily r WHERE day < '\(end)-01'
        UNION ALL SELECT r::text FROM costs_monthly r WHERE month < '\(end)-01') AS lines
      """) ?? ""
  }

  private func allStatements() throws -> String {
    try scene.value(
      """
      SELECT md5(string_agg(line, '|' ORDER BY line)) FROM (
        SELECT s::text AS line FROM statements s
        UNION ALL SELECT l::text FROM statement_lines l) AS lines
      """) ?? ""
  }

  /// Rows + repriced = daily + corrections = monthly + corrections = what is and will be billed;
  /// likewise the part of it that rests on estimates, of which statements say nothing.
  private static let sumsSQL = """
    SELECT string_agg(sums::text, '; ') FROM (
      SELECT currency, sum(rows) AS rows, sum(daily) AS daily, sum(monthly) AS monthly,
        sum(billed) AS billed, sum(estimated) AS estimated, sum(estimated_daily) AS estimated_daily,
        sum(estimated_monthly) AS estimated_monthly
      FROM (
        SELECT coalesce(currency, 'XXX') AS currency, coalesce(cost, 0) + 1000000 AS rows, 0 AS daily,
          0 AS monthly, 0 AS billed,
          CASE usage_source WHEN 'estimated' THEN coalesce(cost, 0) + 1000000 ELSE 0 END AS estimated,
          0 AS estimated_daily, 0 AS estimated_monthly FROM invocations
        UNION ALL SELECT currency, cost + records * 1000000, 0, 0, 0,
          estimated_cost + estimated_records * 1000000, 0, 0 FROM cost_adjustments WHERE kind = 'reprice'
        UNION ALL SELECT currency, 0, cost + records * 1000000, 0, 0, 0,
          estimated_cost + estimated_records * 1000000, 0 FROM costs_daily
        UNION ALL SELECT currency, 0, 0, cost + records * 1000000, 0, 0, 0,
          estimated_cost + estimated_records * 1000000 FROM costs_monthly
        UNION ALL SELECT currency, 0, cost + records * 1000000, cost + records * 1000000, 0, 0,
          estimated_cost + estimated_records * 1000000, estimated_cost + estimated_records * 1000000
        FROM cost_adjustments WHERE billing_month <> charge_month
        UNION ALL SELECT currency, 0, 0, 0, total + records * 1000000, 0, 0, 0
        FROM statement_lines JOIN billing_periods b USING (month, version) WHERE b.status = 'closed'
        UNION ALL SELECT currency, 0, 0, 0, cost + records * 1000000, 0, 0, 0 FROM costs_monthly
        WHERE month >= daybook_first_open_month()
        UNION ALL SELECT currency, 0, 0, 0, cost + records * 1000000, 0, 0, 0 FROM cost_adjustments
        WHERE billing_month <> charge_month AND billing_month >= daybook_first_open_month()
      ) AS amounts GROUP BY currency) AS sums
    WHERE rows <> daily OR rows <> monthly OR rows <> billed OR estimated <> estimated_daily
      OR estimated <> estimated_monthly
    """

  private struct Broken: Error, CustomStringConvertible {
    let description: String
    init(_ what: Any) { description = "\(what)" }
  }
}

extension BooksScene {
  func setZone(_ tenant: String, _ zone: String) throws(PostgresError) {
    try connection.query(
      "SELECT daybook_set_tenant($1, jsonb_build_object('time_zone', $2::text), 'test')",
      [tenant, zone])
  }

  /// What the rollups differ in, over all months at once.
  func differences() throws -> [String] {
    let hasZones = try value("SELECT EXISTS (SELECT FROM tenant_time_zones)") == "t"
    let comparison = RollupComparison(schema: "public", hasZones: hasZones, retired: .none)
    let answer = try connection.execute(comparison.driftSQL(limit: 10))
    return (0..<answer.rowCount).map { answer.text($0, 2) ?? "" }
  }
}

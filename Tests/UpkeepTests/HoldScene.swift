// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Postgres

/// A database with one expired month of invocations: two of `acme`, one of `O'Brien`.
struct HoldScene {
  static let monthsAgo = 20

  let database: TestDatabase
  /// Name of the expired partition.
  let partition: String

  static func with(
    on server: TestServer? = nil, _ body: (HoldScene) throws -> Void
  ) throws {
    try TestDatabase.with(on: server) { database in
      let scene = HoldScene(
        database: database,
        partition: try database.makePartition(of: "invocations", monthsAgo: monthsAgo))
      for (number, tenant) in ["acme", "acme", "O'Brien"].enumerated() {
        try scene.insert(number, tenant: tenant)
      }
      try body(scene)
    }
  }

  /// A row of the expired month; `number` makes its identity and its hour.
  func insert(_ number: Int, tenant: String, model: String = "m") throws {
    try run(
      """
      INSERT INTO invocations (invocation_id, occurred_at, tenant_id, provider, operation,
        request_model, service_tier, cost, currency, cost_source, status, content_sha256,
        ingested_at, source_topic, source_partition, source_offset)
      SELECT ('0190b7c2-6f3e-7c1a-9a53-' || lpad('\(number)', 12, '0'))::uuid,
        date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
          - interval '\(Self.monthsAgo) months' + interval '\(number) hours',
        \(SQL.literal(tenant)), 'openai', 'chat', \(SQL.literal(model)), 'standard', 0.5, 'USD',
        'producer', 'success', '', now(), 't', 0, \(number)
      """)
  }

  @discardableResult
  func run(_ sql: String) throws -> String? { try database.value(sql) }

  func hold(_ values: String, columns: String = "tenant_id, reason") throws {
    try run("INSERT INTO legal_holds (\(columns)) VALUES (\(values))")
  }

  /// SQLSTATE of the error, or nil.
  func state(of sql: String, role: String? = nil) throws -> String? {
    var connection = try database.connect()
    if let role { try connection.execute("SET ROLE \(role)") }
    do throws(PostgresError) {
      try connection.execute(sql)
      return nil
    } catch {
      return error.sqlState.rawValue
    }
  }
}

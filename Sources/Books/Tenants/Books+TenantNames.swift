// SPDX-License-Identifier: Apache-2.0
package import Postgres

extension Books {
  /// Names are compared with one that a person has typed; more would only take time.
  private static let namesMax = 10_000

  /// Nil for a tenant that has costs, a statement or an entry, else the names of those that have.
  package mutating func tenantNames(
    unlessKnown name: String
  ) throws(PostgresError) -> [String]? {
    let costs = qualified("costs_monthly")
    let known = try connection.query(
      """
      SELECT EXISTS (SELECT FROM \(costs) WHERE tenant_id = $1)
        OR EXISTS (SELECT FROM \(qualified("tenants")) WHERE tenant_id = $1)
        OR EXISTS (SELECT FROM \(qualified("cost_adjustments")) WHERE tenant_id = $1)
        OR EXISTS (SELECT FROM \(qualified("statement_lines")) WHERE tenant_id = $1)
      """, [name], deadline: Self.lookupDeadline
    ).bool(0, 0)
    if known == true { return nil }
    // From name to name by the index: there are far more rows than tenants.
    let found = try connection.query(
      """
      WITH RECURSIVE names(name) AS (
        SELECT min(tenant_id) FROM \(costs)
        UNION ALL
        SELECT (SELECT min(c.tenant_id) FROM \(costs) c WHERE c.tenant_id > names.name)
          FROM names WHERE names.name IS NOT NULL)
      SELECT name FROM (SELECT name FROM names LIMIT \(Self.namesMax)) AS n WHERE name IS NOT NULL
      UNION SELECT tenant_id FROM \(qualified("tenants")) LIMIT \(2 * Self.namesMax)
      """, [], deadline: Self.lookupDeadline)
    return (0..<found.rowCount).compactMap { found.text($0, 0) }
  }
}

// SPDX-License-Identifier: Apache-2.0
package import Postgres

extension HoldBook {
  /// Rows of one relation are counted up to this number.
  static let rowsCountedMax: Int64 = 1_000_000
  /// And for this long.
  static let countSecondsMax = 5
  /// A relation that is not larger is read whole.
  static let bytesReadMax = 8 << 20

  /// What a hold of this scope covers now. Counts rows where an index leads to them, or where there
  /// are few.
  package mutating func coverage(
    of scope: HoldScope
  ) throws(PostgresError) -> HoldCoverage {
    var coverage = HoldCoverage()
    for row in try rows(relationsSQL(scope)) {
      let kind: HoldCoverage.Relation.Kind =
        switch row[2] {
        case "held": .held
        case "attached": .attached
        default: .leaving(row[3] ?? "")
        }
      var relation = HoldCoverage.Relation(
        kind: kind, table: row[0] ?? "", name: row[1] ?? "", rows: .unknown)
      if let estimate = row[4].flatMap({ Int64($0) }) { relation.rows = .atMost(estimate) }
      let isQuick = row[7] == "t" || row[5] == "t" && scope.tenant != nil
      if isQuick, let control = row[6],
        let counted = try count(
          relation.name, row[8] == "t" ? scope.tenant : nil, control, scope)
      {
        relation.rows = counted
      }
      coverage.relations.append(relation)
    }
    coverage.dropped = try dropped(scope)
    return coverage
  }

  /// It takes too long, or went away meanwhile.
  private static let uncounted: [SQLState] = [.queryCanceled, .undefinedTable]

  /// Nil for what is not to be counted.
  private mutating func count(
    _ relation: String, _ tenant: String?, _ control: String, _ scope: HoldScope
  ) throws(PostgresError) -> HoldCoverage.Rows? {
    let time = SQL.identifier(control)
    let sql = """
      SELECT count(*) FROM (SELECT FROM \(qualified(relation))
        WHERE \(tenant.map { "tenant_id = \(SQL.literal($0)) AND" } ?? "")
          \(time) >= \(scope.fromSQL) AND \(time) < \(scope.toSQL)
        LIMIT \(Self.rowsCountedMax + 1)) AS counted
      """
    do throws(PostgresError) {
      let found = try rows(sql, statementSeconds: Self.countSecondsMax)
      let number = found.first?.first.flatMap { $0.flatMap { Int64($0) } } ?? 0
      return number > Self.rowsCountedMax ? .moreThan(Self.rowsCountedMax) : .counted(number)
    } catch  where Self.uncounted.contains(error.sqlState) {
      return nil
    } catch {
      throw error
    }
  }

  /// table, name, kind, state, estimate, whether an index on (tenant_id, …) is there, control
  /// column, whether it is small, whether it has tenants.
  private func relationsSQL(_ scope: HoldScope) -> String {
    """
    WITH places AS (\(placesSQL))
    SELECT p.table_name, p.name, p.kind, r.state, nullif(c.reltuples, -1)::bigint, EXISTS (
        SELECT FROM pg_index x JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[0]
        WHERE x.indrelid = c.oid AND x.indisvalid AND a.attname = 'tenant_id'), k.attname,
      pg_relation_size(c.oid) <= \(Self.bytesReadMax), EXISTS (
        SELECT FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
    FROM (
      SELECT * FROM places WHERE kind <> 'dropped' AND lower < \(scope.toSQL) AND upper > \(scope.fromSQL)
      UNION ALL
      SELECT t.relname, t.relname || '_held', 'held', '-infinity', 'infinity' FROM pg_class t
      WHERE t.relkind = 'p' AND NOT t.relispartition
        AND t.relnamespace = \(SQL.literal(SQL.identifier(schema)))::regnamespace) AS p
    JOIN pg_class c ON c.relname = p.name
      AND c.relnamespace = \(SQL.literal(SQL.identifier(schema)))::regnamespace
    LEFT JOIN \(qualified("partition_retirements")) r ON p.kind = 'leaving'
      AND r.table_name = p.table_name AND r.partition_name = p.name AND r.state <> 'dropped'
    LEFT JOIN pg_partitioned_table g ON g.partrelid
      = to_regclass(format('%I.%I', \(SQL.literal(schema)), p.table_name))
    LEFT JOIN pg_attribute k ON k.attrelid = g.partrelid AND k.attnum = g.partattrs[0]
    WHERE \(scope.table.map { "p.table_name = \(SQL.literal($0))" } ?? "true")
    ORDER BY p.table_name, p.kind, p.lower, p.name
    """
  }

  private mutating func dropped(
    _ scope: HoldScope
  ) throws(PostgresError) -> [HoldCoverage.Dropped] {
    let sql = """
      SELECT d.table_name, d.partition_name, \(Self.utc("d.lower_bound")), \(Self.utc("d.upper_bound")),
        \(Self.utc("d.at")), d.row_count, d.carved_rows, d.manifest_path
      FROM (
        SELECT table_name, partition_name, lower_bound, upper_bound, updated_at AS at, row_count,
          carved_rows, manifest_path
        FROM \(qualified("partition_retirements")) WHERE state = 'dropped'
        UNION ALL
        SELECT table_name, partition_name, lower_bound, upper_bound, e.dropped_at, e.row_count,
          e.carved_rows, e.manifest_path
        FROM \(qualified("partition_retirements")) r, jsonb_to_recordset(r.earlier) AS e(
          dropped_at timestamptz, row_count bigint, carved_rows bigint, manifest_path text)) AS d
      WHERE d.lower_bound < \(scope.toSQL) AND d.upper_bound > \(scope.fromSQL)
        AND \(scope.table.map { "d.table_name = \(SQL.literal($0))" } ?? "true")
      ORDER BY d.table_name, d.lower_bound, d.at
      """
    return try rows(sql).map { row in
      HoldCoverage.Dropped(
        table: row[0] ?? "", partition: row[1] ?? "", from: row[2] ?? "", to: row[3] ?? "",
        droppedAt: row[4] ?? "", rows: row[5].flatMap { Int64($0) } ?? 0,
        carvedRows: row[6].flatMap { Int64($0) } ?? 0, manifestPath: row[7])
    }
  }
}

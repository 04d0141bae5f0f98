// SPDX-License-Identifier: Apache-2.0
import Archive
import CopyFormat
import Postgres
import Sysexits

/// Compares what the database computes over restored rows with what the manifest says.
enum RestoreCheck {
  static func compare(
    _ manifest: Manifest, schema: String, table: String, over connection: inout Connection
  ) throws(UpkeepError) {
    let expected = expectedLines(manifest)
    let found: [String]
    do throws(PostgresError) {
      let result = try connection.execute(
        query(manifest, schema, table), deadline: ArchiveDeadlines.copy)
      found = (0..<result.rowCount).map { row in
        (0..<result.columnCount).map { result.text(row, $0) ?? "null" }.joined(separator: " ")
      }
    } catch {
      throw UpkeepError(error)
    }
    guard Set(found) == Set(expected), found.count == expected.count else {
      let difference = Set(expected).symmetricDifference(found).sorted().prefix(2)
      throw UpkeepError(
        "the restored rows do not add up to the manifest, nothing was restored; the first"
          + " differences: \(difference.joined(separator: "; "))",
        exitCode: .data)
    }
  }

  /// One line a tenant and currency where the manifest has them, else one a currency.
  static func query(_ manifest: Manifest, _ schema: String, _ table: String) -> String {
    let isByTenant = manifest.sums.groups != nil
    let keys =
      (isByTenant ? [SQL.identifier(ArchiveSums.tenantColumn)] : [])
      + (manifest.hasCurrencies ? [SQL.identifier(ArchiveSums.currencyColumn)] : [])
    let values =
      keys + ["count(*)"]
      + (manifest.hasMoney
        ? ["trim_scale(coalesce(sum(\(SQL.identifier(ArchiveSums.moneyColumn))), 0))"] : [])
    return "SELECT \(values.joined(separator: ", ")) FROM \(SQL.qualified(schema, table))"
      + (keys.isEmpty
        ? " HAVING count(*) > 0" : " GROUP BY \(keys.joined(separator: ", "))")
  }

  private static func expectedLines(_ manifest: Manifest) -> [String] {
    func line(_ tenant: String?, _ total: ArchiveSums.Total) -> String {
      [
        tenant, manifest.hasCurrencies ? total.currency ?? "null" : nil, String(total.rows),
        total.cost?.description,
      ].compactMap { $0 }.joined(separator: " ")
    }
    if let groups = manifest.sums.groups { return groups.map { line($0.tenant, $0.total) } }
    return manifest.sums.totals.map { line(nil, $0) }
  }
}

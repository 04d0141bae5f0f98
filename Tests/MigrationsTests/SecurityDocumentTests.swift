// SPDX-License-Identifier: Apache-2.0
import DaybookTesting
import Foundation
import Postgres
import Records
import Testing

/// The table of SECURITY.md has every right to change something, and nothing else.
struct SecurityDocumentTests {
  @Test(arguments: TestServer.all)
  func theTableOfRightsIsTheCatalogues(_ server: TestServer) throws {
    let documented = try Self.documented()
    try TestDatabase.with(on: server) { database in
      var connection = try database.connect()
      let rows = try connection.execute(Self.granted)
      let granted = Set((0..<rows.rowCount).compactMap { rows.text($0, 0) })
      #expect(documented.subtracting(granted).sorted() == [], "documented, and not granted")
      #expect(granted.subtracting(documented).sorted() == [], "granted, and not documented")
    }
  }

  /// "role RIGHT object" of every row; the cells list names between backticks.
  private static func documented() throws -> Set<String> {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("SECURITY.md")
    let text = try String(contentsOf: file, encoding: .utf8)
    let table = try #require(
      text.components(separatedBy: "<!-- table rights -->").last?
        .components(separatedBy: "<!-- end rights -->").first)
    var rights: Set<String> = []
    for line in table.split(separator: "\n").dropFirst(2) {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      try #require(cells.count == 4, "\(line)")
      for role in names(cells[0]) {
        for object in names(cells[2]).flatMap({ groups[$0] ?? [$0] }) {
          rights.insert("\(role) \(cells[1]) \(object)")
        }
      }
    }
    return rights
  }

  /// What the table names together.
  private static let groups = [
    "every stream": Stream.all.map(\.table),
    "every rollup that rows count": Stream.all.flatMap(\.sums).map(\.table),
  ]

  private static func names(_ cell: String) -> [String] {
    cell.split(separator: ",").map { $0.trimmingCharacters(in: [" ", "`"]) }
  }

  /// Rights on columns count as rights on their table.
  private static let granted = """
    SELECT DISTINCT concat_ws(' ', CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END,
      g.privilege_type, g.object)
    FROM (
      SELECT a.grantee, a.privilege_type, c.relname AS object, c.relowner AS owner
      FROM pg_class c, aclexplode(c.relacl) AS a
      WHERE c.relnamespace IN ('public'::regnamespace, 'reporting'::regnamespace) AND NOT c.relispartition
      UNION ALL
      SELECT a.grantee, a.privilege_type, c.relname, c.relowner
      FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) AS a
      WHERE c.relnamespace IN ('public'::regnamespace, 'reporting'::regnamespace) AND NOT c.relispartition
      UNION ALL
      SELECT a.grantee, a.privilege_type, p.proname, p.proowner
      FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
      WHERE p.pronamespace IN ('public'::regnamespace, 'reporting'::regnamespace)
        AND NOT EXISTS (SELECT FROM pg_depend d
                         WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')
    ) AS g WHERE g.grantee <> g.owner AND g.privilege_type <> 'SELECT'
    """
}

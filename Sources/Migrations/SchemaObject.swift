// SPDX-License-Identifier: Apache-2.0
import Digest

/// A function or a view of the schema: a file of its own, which can be run again at any time.
///
/// `migrate up` loads what differs from what stands in `daybook_objects`. A file makes the object
/// with `CREATE OR REPLACE`, and says its COMMENT, its rights and its triggers. Where PostgreSQL
/// cannot replace one (other parameters, fewer columns), a migration drops it first.
package struct SchemaObject: Sendable {
  package enum Kind: String, Sendable { case function, view }

  /// "daybook_apply_batch", "costs" or "reporting.statements".
  package let name: String
  package let kind: Kind
  /// Below `schemas`.
  package let path: String
  package let sql: String
  /// SHA-256 of the file, 64 hexadecimal digits.
  package let sha256: String

  package init(name: String, kind: Kind, path: String, sql: String) {
    self.name = name
    self.kind = kind
    self.path = path
    self.sql = sql
    sha256 = SHA256.hex(of: Array(sql.utf8))
  }

  /// In the order of loading.
  package static let embedded =
    SchemaFile.below("functions").map { file in
      SchemaObject(name: "daybook_" + file.stem, kind: .function, path: file.path, sql: file.text)
    }
    + SchemaFile.below("views").map { file in
      let isReporting = file.path.hasPrefix("views/reporting/")
      return SchemaObject(
        name: (isReporting ? "reporting." : "") + file.stem, kind: .view, path: file.path,
        sql: file.text)
    }

  /// What must stand before the file in its transaction; `search_path` begins with the schema.
  package static let preamble = """
    SET LOCAL ROLE app_owner;
    SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);
    SET LOCAL check_function_bodies = off;
    """

  /// Drops what was loaded, but for trigger functions, which go with their tables. A way down
  /// begins with it: tables cannot change below views.
  package static let drop = drop(where: "true")

  /// Drops what was loaded and is not one of `kept`.
  static func dropAllBut(_ kept: [SchemaObject]) -> String {
    let names = kept.map { "'\($0.name)'" }.joined(separator: ", ")
    return drop(where: "name NOT IN (\(names))")
  }

  private static func drop(where condition: String) -> String {
    """
    DO $$
    DECLARE
      object record;
      function regprocedure;
    BEGIN
      IF to_regclass('daybook_objects') IS NULL THEN
        RETURN;
      END IF;
      FOR object IN SELECT name, kind FROM daybook_objects WHERE \(condition) ORDER BY position DESC LOOP
        IF object.kind = 'view' THEN
          EXECUTE 'DROP VIEW IF EXISTS ' || object.name;
        END IF;
        FOR function IN SELECT oid FROM pg_proc
                         WHERE pronamespace = quote_ident(current_schema())::regnamespace AND proname = object.name
                           AND prorettype <> 'trigger'::regtype LOOP
          EXECUTE format('DROP FUNCTION %s', function);
        END LOOP;
      END LOOP;
      DELETE FROM daybook_objects WHERE \(condition);
    END $$
    """
  }
}

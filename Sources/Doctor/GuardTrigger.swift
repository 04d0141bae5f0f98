// SPDX-License-Identifier: Apache-2.0
import Postgres
import Records

/// A trigger that keeps something from being changed, or stamps or journals a change. A test
/// compares all of them with those of a new database.
struct GuardTrigger: Sendable {
  let name: String
  let table: String
  /// "BEFORE DELETE OR UPDATE".
  let event: String
  /// Behind the table: transition table, level, function and its argument.
  let call: (referencing: String, level: String, function: String, argument: String)
  /// Fires also where `session_replication_role` is replica.
  let isAlways: Bool

  init(
    _ name: String, on table: String, _ event: String, each level: String = "ROW",
    _ function: String, _ argument: String = "", referencing: String = "", isAlways: Bool = true
  ) {
    self.name = name
    self.table = table
    self.event = event
    call = (referencing, level, function, argument)
    self.isAlways = isAlways
  }

  static let all: [GuardTrigger] =
    immutable + emptiedNever + months + books + stamps + Stream.all.flatMap { guards(of: $0) }

  // In the server's order and spelling.
  private static let change = "BEFORE DELETE OR UPDATE"
  private static let anyChange = "BEFORE INSERT OR DELETE OR UPDATE"
  private static let anyChangeMade = "AFTER INSERT OR DELETE OR UPDATE"
  private static let refuseChange = "daybook_refuse_change"

  /// Rows never change.
  private static let immutable: [GuardTrigger] = [
    unchanged("offset_changes"), unchanged("partition_journal"), unchanged("price_versions"),
    unchanged("billing_journal"), unchanged("statements"), unchanged("statement_lines"),
    unchanged("cost_adjustments"),
    unchanged("model_prices", "daybook_refuse_price_change"),
    unchanged("price_aliases", "daybook_refuse_price_change"),
    unchanged("provider_aliases", "daybook_refuse_price_change"),
    GuardTrigger(
      "refuse_change", on: "reconciliation_drift", anyChange, "daybook_refuse_drift_change"),
    GuardTrigger("refuse_delete", on: "billing_periods", "BEFORE DELETE", refuseChange),
  ]

  private static func unchanged(
    _ table: String, _ function: String = Self.refuseChange, _ argument: String = ""
  ) -> GuardTrigger {
    GuardTrigger("refuse_change", on: table, change, function, argument)
  }

  /// Tables are never emptied.
  private static let emptiedNever: [GuardTrigger] =
    [
      "offset_changes", "partition_journal", "legal_holds", "price_versions", "model_prices",
      "price_aliases", "provider_aliases", "billing_journal", "billing_periods", "statements",
      "statement_lines", "cost_adjustments", "reconciliation_drift",
    ].map { whole($0) } + [
      whole("costs_daily", isAlways: false), whole("costs_monthly", isAlways: false),
    ]

  private static func whole(_ table: String, isAlways: Bool = true) -> GuardTrigger {
    GuardTrigger(
      "refuse_truncate", on: table, "BEFORE TRUNCATE", each: "STATEMENT", refuseChange,
      isAlways: isAlways)
  }

  /// Closed months do not change.
  private static let months: [GuardTrigger] = [
    ("costs_daily", "day"), ("costs_monthly", "month"),
  ].flatMap { table, period in
    [
      ("insert", "INSERT", "NEW"), ("update", "UPDATE", "OLD"), ("delete", "DELETE", "OLD"),
      ("move", "UPDATE", "NEW"),
    ].map { kind, event, image in
      GuardTrigger(
        "refuse_closed_\(kind)", on: table, "AFTER \(event)", each: "STATEMENT",
        "daybook_refuse_closed", period, referencing: "\(image) TABLE AS touched",
        isAlways: false)
    }
  }

  /// The lock that closing waits for, what a month and a correction must be, and whose a run is.
  private static let books: [GuardTrigger] = [
    GuardTrigger(
      "share_books", on: "costs_daily", anyChange, each: "STATEMENT", "daybook_share_books_first",
      isAlways: false),
    GuardTrigger(
      "share_books", on: "costs_monthly", anyChange, each: "STATEMENT",
      "daybook_share_books_first", isAlways: false),
    GuardTrigger(
      "share_books", on: "cost_adjustments", "BEFORE INSERT", each: "STATEMENT",
      "daybook_share_books_first"),
    GuardTrigger(
      "check_billing_month", on: "cost_adjustments", "BEFORE INSERT", "daybook_check_adjustment"),
    GuardTrigger(
      "check_journal", on: "billing_periods", "BEFORE INSERT OR UPDATE", "daybook_check_period"),
    GuardTrigger(
      "check_run", on: "reconciliations", "BEFORE UPDATE", "daybook_check_reconciliation"),
  ]

  /// Who did it and when, and the journals.
  private static let stamps: [GuardTrigger] = [
    GuardTrigger("stamp", on: "partition_journal", "BEFORE INSERT", "daybook_stamp_journal"),
    GuardTrigger("stamp", on: "billing_journal", "BEFORE INSERT", "daybook_stamp_journal"),
    GuardTrigger("stamp", on: "offset_changes", "BEFORE INSERT", "daybook_stamp_offset_change"),
    GuardTrigger("stamp", on: "legal_holds", "BEFORE INSERT OR UPDATE", "daybook_stamp_hold"),
    GuardTrigger("journal_change", on: "legal_holds", anyChangeMade, "daybook_journal_hold"),
    GuardTrigger(
      "journal_change", on: "partition_policies", anyChangeMade, "daybook_journal_policy"),
  ]

  /// Of its rows, of those under hold once there are any, and of the rollups that they count in.
  private static func guards(of stream: Stream) -> [GuardTrigger] {
    let held = stream.table + "_held"
    var guards = [
      unchanged(stream.table), whole(stream.table),
      unchanged(held, "daybook_held_table_refuse", stream.table), whole(held),
    ]
    for sums in stream.sums {
      guards.append(
        GuardTrigger(
          "stage_\(sums.table)", on: stream.table, "AFTER INSERT", each: "STATEMENT",
          "daybook_stage_sums", sums.table, referencing: "NEW TABLE AS stored"))
      guards.append(whole(sums.table, isAlways: false))
    }
    return guards
  }
}

extension GuardTrigger {
  /// All of them as a table `guards`.
  static let sql = table(all)

  /// Of a partition that stands alone, once its rows were counted: `daybook_revoke_detached` makes
  /// them.
  static let sqlOfRetired = table([
    GuardTrigger("refuse_change", on: "", anyChange, refuseChange), whole(""),
  ])

  private static func table(_ guards: [GuardTrigger]) -> String {
    """
    (VALUES \(guards.map(\.row).joined(separator: ", ")))
      AS guards (name, table_name, event, kind, referencing, level, function, argument, is_always)
    """
  }

  private var row: String {
    let texts = [call.referencing, call.level, call.function, call.argument]
    return "(\(list([name, table, event])), \(kind), \(list(texts)), \(isAlways))"
  }

  private func list(_ texts: [String]) -> String {
    texts.map { SQL.literal($0) }.joined(separator: ", ")
  }

  /// As pg_trigger.tgtype has level, time and events.
  private var kind: Int {
    let bits = [
      (call.level == "ROW", 1), (event.hasPrefix("BEFORE"), 2), (event.contains("INSERT"), 4),
      (event.contains("DELETE"), 8), (event.contains("UPDATE"), 16),
      (event.contains("TRUNCATE"), 32),
    ]
    return bits.reduce(0) { $0 + ($1.0 ? $1.1 : 0) }
  }
}

extension CatalogueQuestion {
  /// A guard of a table is one of its partitions, too: row triggers come with ATTACH and cannot be
  /// dropped alone, those of TRUNCATE can.
  static let droppedGuards = dropped(
    from: """
      SELECT guards.*, c.oid AS place FROM \(GuardTrigger.sql)
      JOIN pg_class c ON c.relname = guards.table_name AND c.relnamespace = to_regnamespace($1)
      UNION ALL
      SELECT guards.*, i.inhrelid FROM \(GuardTrigger.sql)
      JOIN pg_class c ON c.relname = guards.table_name AND c.relnamespace = to_regnamespace($1)
      JOIN pg_inherits i ON i.inhparent = c.oid
      WHERE guards.event = 'BEFORE TRUNCATE'
      """)

  /// A partition that was detached has only triggers of its own, until it is archived and dropped.
  /// Wants the tables of this release.
  package static func droppedGuardsOfRetired(in schema: String) -> CatalogueQuestion {
    dropped(
      from: """
        SELECT guards.*, r.partition_oid AS place FROM \(GuardTrigger.sqlOfRetired),
          \(SQL.qualified(schema, "partition_retirements")) r
        WHERE r.state NOT IN ('detaching', 'detached', 'dropped')
          AND EXISTS (SELECT FROM pg_class c WHERE c.oid = r.partition_oid AND c.relname = r.partition_name)
          AND NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = r.partition_oid)
        """)
  }

  /// `guards` has the columns of `GuardTrigger.sql`, and the place of each.
  private static func dropped(from guards: String) -> CatalogueQuestion {
    CatalogueQuestion(
      "catalogue.dropped_triggers", .problem,
      why: "stored records, journals and closed months can be changed, and nobody is told",
      """
      SELECT format('trigger %I of %s is missing', g.name, g.place::regclass) AS what,
        format('CREATE OR REPLACE TRIGGER %I %s ON %s %s FOR EACH %s EXECUTE FUNCTION %s.%I(%s)', g.name, g.event,
          g.place::regclass, 'REFERENCING ' || nullif(g.referencing, ''), g.level, $1::text, g.function,
          quote_literal(nullif(g.argument, '')))
          || CASE WHEN g.is_always
               THEN format('; ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', g.place::regclass, g.name) ELSE '' END AS remedy
      FROM (\(guards)) AS g
      WHERE NOT EXISTS (
        SELECT FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE t.tgrelid = g.place AND t.tgname = g.name AND t.tgtype = g.kind AND t.tgattr::text = ''
          AND t.tgqual IS NULL AND p.proname = g.function)
      """)
  }
}

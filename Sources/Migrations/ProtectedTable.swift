// SPDX-License-Identifier: Apache-2.0
import Records

/// A table whose rows nothing makes again: a step that drops it while it has some wants --force.
/// Receipts of dropped months do not go even so: the migration itself refuses.
package struct ProtectedTable: Sendable {
  let name: String
  /// What would be lost, in words.
  let contents: String
  /// Which of its rows count; nil: all.
  var condition: String?

  /// Records first, costs last, as a batch writes to them: who waits for it holds nothing that it
  /// wants next.
  static let all = records + kept + sums

  private static let kept: [ProtectedTable] = [
    ProtectedTable(name: "rejected_records", contents: "refused records, as they came"),
    ProtectedTable(name: "ingest_batches", contents: "the ledger of the batches"),
    ProtectedTable(name: "offset_changes", contents: "decisions about positions"),
    ProtectedTable(name: "costs_daily", contents: "costs, those of dropped months too"),
    ProtectedTable(name: "costs_monthly", contents: "costs, those of dropped months too"),
    ProtectedTable(name: "reconciliations", contents: "which costs were compared, and when"),
    ProtectedTable(name: "legal_holds", contents: "released holds: who placed them, and why"),
    ProtectedTable(
      name: "partition_journal", contents: "what was done to months and policies, and why",
      condition: decisions),
    ProtectedTable(name: "sessions", contents: "sign-ins"),
    ProtectedTable(name: "users", contents: "people, whom audit_logs names by id"),
  ]

  private static let records = Stream.all.map {
    ProtectedTable(name: $0.table, contents: "records")
  }

  private static let sums = Stream.all.flatMap(\.sums).map {
    ProtectedTable(name: $0.table, contents: "sums, those of dropped months too")
  }

  /// What a schema in which nothing was ever stored has is no loss: migrations begin the journal,
  /// add and remove policies, and maintenance makes the coming months and tends those that are
  /// over.
  private static let decisions = """
    action NOT IN ('begin', 'create', 'freeze', 'index')
    AND NOT (action = 'policy' AND (detail->>'old' IS NULL OR detail->>'new' IS NULL))
    """

  /// Whether it has rows that count.
  var question: String {
    "SELECT EXISTS (SELECT FROM \(name)\(condition.map { " WHERE \($0)" } ?? ""))"
  }
}

// SPDX-License-Identifier: Apache-2.0
import Postgres
import Upkeep

/// How legal holds and what they cover are printed.
enum HoldReport {
  static func table(_ holds: [LegalHold]) -> Table {
    Table(
      [
        .id("hold"), .text("state"), .text("scope"), .text("matter"), .text("reason"),
        .text("placed_by"), .text("placed_at"), .text("released"), .text("covers"),
      ],
      rows: holds.map { hold in
        [
          String(hold.id), hold.isActive ? "active" : "released", hold.scope.description,
          hold.matter, hold.reason, hold.placedBy, hold.placedAt, released(hold),
          "\(hold.partitions.count) partitions, \(hold.leaving.count) leaving, "
            + "\(hold.dropped.count) dropped",
        ]
      })
  }

  private static func released(_ hold: LegalHold) -> String? {
    hold.releasedAt.map { "\($0) by \(hold.releasedBy ?? ""): \(hold.releaseReason ?? "")" }
  }

  /// One line a table and kind, then the partitions that are leaving, then what is gone.
  static func text(_ coverage: HoldCoverage) -> String {
    var lines = Table(
      [.text("table"), .text("where"), .number("partitions"), .text("rows")],
      rows: groups(coverage).map { group in
        [
          group.table, words(group.kind), String(group.relations.count),
          words(group.relations.map(\.rows)),
        ]
      }
    ).aligned
    for gone in coverage.dropped { lines += sentence(gone) + "\n" }
    return lines
  }

  private static func sentence(_ gone: HoldCoverage.Dropped) -> String {
    let carved =
      gone.carvedRows > 0 ? ", \(gone.carvedRows) of them kept in \(gone.table)_held" : ""
    let archive =
      gone.manifestPath.map { "bring it back with daybook archive restore \($0)" }
      ?? "it had no archive"
    return "not covered: \(gone.partition) (\(HoldScope.short(gone.from)) to "
      + "\(HoldScope.short(gone.to))) was dropped at "
      + "\(gone.droppedAt) with \(gone.rows) rows\(carved); \(archive)"
  }

  private struct Group {
    let table: String
    let kind: HoldCoverage.Relation.Kind
    var relations: [HoldCoverage.Relation]
  }

  private static func groups(_ coverage: HoldCoverage) -> [Group] {
    var groups: [Group] = []
    for relation in coverage.relations {
      if let last = groups.last, last.table == relation.table, last.kind == relation.kind {
        groups[groups.count - 1].relations.append(relation)
      } else {
        groups.append(Group(table: relation.table, kind: relation.kind, relations: [relation]))
      }
    }
    return groups
  }

  private static func words(_ kind: HoldCoverage.Relation.Kind) -> String {
    switch kind {
    case .attached: "in the table"
    case .leaving(let state): "leaving (\(state))"
    case .held: "held rows of dropped partitions"
    }
  }

  private static func words(_ rows: HoldCoverage.Rows) -> String {
    switch rows {
    case .counted(let number): "\(number)"
    case .moreThan(let number): "more than \(number)"
    case .atMost(let number): "at most about \(number) (estimated, not counted)"
    case .unknown: "not known (never analyzed)"
    }
  }

  /// The weakest statement wins; what was counted is never left out of it.
  static func words(_ parts: [HoldCoverage.Rows]) -> String {
    var counted: Int64 = 0
    var estimated: Int64 = 0
    var isMore = false
    var isEstimated = false
    var isUnknown = false
    for part in parts {
      switch part {
      case .counted(let number): counted = counted &+ number
      case .moreThan(let number):
        counted = counted &+ number
        isMore = true
      case .atMost(let number):
        estimated = estimated &+ number
        isEstimated = true
      case .unknown: isUnknown = true
      }
    }
    if isMore { return words(.moreThan(counted)) }
    if isUnknown { return counted > 0 ? "at least \(counted)" : words(.unknown) }
    return words(isEstimated ? .atMost(counted &+ estimated) : .counted(counted))
  }

  static func printStatements(
    _ context: CommandContext, _ statement: (borrowing HoldBook) -> String
  ) throws(CommandError) {
    let statements = try HoldCommand.withBook(context) { $0.transaction(statement($0)) }
    try context.output.line(statements.map { $0 + ";" }.joined(separator: "\n"))
  }
}

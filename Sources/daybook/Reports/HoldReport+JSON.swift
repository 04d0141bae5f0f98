// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Upkeep

extension HoldReport {
  static func json(_ hold: LegalHold) -> JSONValue {
    .object(
      [.init(name: "hold_id", value: .integer(hold.id))] + members(hold.scope) + [
        .init(name: "active", value: .boolean(hold.isActive)),
        .init(name: "reason", value: .string(hold.reason)),
        .init(name: "matter", value: .optional(hold.matter)),
        .init(name: "placed_by", value: .string(hold.placedBy)),
        .init(name: "placed_at", value: .string(hold.placedAt)),
        .init(name: "released_by", value: .optional(hold.releasedBy)),
        .init(name: "released_at", value: .optional(hold.releasedAt)),
        .init(name: "release_reason", value: .optional(hold.releaseReason)),
        .init(name: "partitions", value: .array(hold.partitions.map { .string($0) })),
        .init(name: "leaving", value: .array(hold.leaving.map { .string($0) })),
        .init(name: "dropped", value: .array(hold.dropped.map { .string($0) })),
      ])
  }

  static func json(_ id: Int64, _ scope: HoldScope, _ coverage: HoldCoverage?) -> JSONValue {
    .object(
      [.init(name: "hold_id", value: .integer(id))] + members(scope) + [
        .init(name: "covers", value: coverage.map { .array($0.relations.map(json)) } ?? .null),
        .init(
          name: "dropped_before", value: coverage.map { .array($0.dropped.map(json)) } ?? .null),
      ])
  }

  private static func members(_ scope: HoldScope) -> [JSONValue.Member] {
    [
      .init(name: "tenant", value: .optional(scope.tenant)),
      .init(name: "table", value: .optional(scope.table)),
      .init(name: "from", value: .optional(scope.from?.description)),
      .init(name: "to", value: .optional(scope.to?.description)),
    ]
  }

  private static func json(_ relation: HoldCoverage.Relation) -> JSONValue {
    let (state, number): (String, Int64?) =
      switch relation.rows {
      case .counted(let number): ("counted", number)
      case .moreThan(let number): ("more_than", number)
      case .atMost(let number): ("at_most_estimated", number)
      case .unknown: ("unknown", nil)
      }
    let kind: (name: String, state: String?) =
      switch relation.kind {
      case .attached: ("attached", nil)
      case .leaving(let state): ("leaving", state)
      case .held: ("held", nil)
      }
    return .object([
      "table": .string(relation.table), "relation": .string(relation.name),
      "kind": .string(kind.name), "state": .optional(kind.state),
      "rows": number.map { .integer($0) } ?? .null, "rows_are": .string(state),
    ])
  }

  private static func json(_ gone: HoldCoverage.Dropped) -> JSONValue {
    .object([
      "table": .string(gone.table), "partition": .string(gone.partition),
      "from": .string(gone.from), "to": .string(gone.to), "dropped_at": .string(gone.droppedAt),
      "rows": .integer(gone.rows), "held_rows": .integer(gone.carvedRows),
      "manifest": .optional(gone.manifestPath),
    ])
  }
}

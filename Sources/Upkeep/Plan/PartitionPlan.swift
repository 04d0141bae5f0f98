// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// From what exists and the policies to what is to be done.
///
/// A pure function: the clock is that of the server, read together with the catalogue.
package enum PartitionPlan {
  /// Plans every set.
  ///
  /// `hasArchivePlace` says that the host has a directory for archives that policies do not name;
  /// `hasArchiveCommand`, that verified archives are shipped before their partition is dropped.
  package static func make(
    _ sets: [PartitionSet], now: Timestamp, schema: String, hasArchivePlace: Bool,
    hasArchiveCommand: Bool = false
  ) -> Plan {
    let planners = sets.map {
      SetPlanner(
        partitioned: $0, readyMonths: Set($0.partitions.compactMap(\.month)), now: now,
        statements: PlanStatements(schema: schema, table: $0.table),
        hasArchivePlace: hasArchivePlace, hasArchiveCommand: hasArchiveCommand)
    }
    var plan = Plan()
    for planner in planners where planner.policy.isManaged {
      plan.actions += planner.creations()
    }
    for planner in planners where planner.policy.isManaged {
      plan.actions += planner.retentions()
    }
    for planner in planners where planner.policy.isManaged {
      plan.actions += planner.closings()
    }
    for planner in planners { plan.findings += planner.findings() }
    return plan
  }
}

// SPDX-License-Identifier: Apache-2.0
import Postgres
import Telemetry

/// Does what the plan says: statements exactly as planned, files by `RetirementFiles`.
struct Executor {
  let settings: MaintenanceSettings
  let observe: (MaintenanceEvent) -> Void
  /// Only this table; nil: all.
  let table: String?

  /// A plan, and what it was made from.
  struct Planned {
    let actions: [PlannedAction]
    let findings: [PlanFinding]
    let sets: [PartitionSet]

    func policy(of table: String) -> PartitionPolicy? {
      sets.first { $0.table == table }?.policy
    }

    /// The partition that an action takes out of sight; nil where queries see it no more: it stands
    /// alone, or its pending detach is finished.
    func leaving(_ action: PlannedAction) -> Partition? {
      guard action.name == "detach" else { return nil }
      return sets.first { $0.table == action.table }?.partitions
        .first { $0.name == action.partition }
    }
  }

  func plan(
    _ job: PlannedAction.Job, _ session: inout MaintenanceSession
  ) throws(UpkeepError) -> Planned {
    try session.plan(settings, job: job, table: table)
  }

  /// Makes the partitions that are missing; one that fails keeps no other from being made.
  func create(
    _ session: inout MaintenanceSession, _ tally: inout JobTally
  ) throws(UpkeepError) {
    try each(try plan(.create, &session).actions, &session, &tally) {
      (action, session) throws(UpkeepError) in
      for statement in action.statements { try session.run(statement) }
      UpkeepFault.createDone.reached()
      return .done
    }
  }

  /// Freezes and indexes months that take no more rows.
  func close(
    _ session: inout MaintenanceSession, _ tally: inout JobTally
  ) throws(UpkeepError) {
    try each(try plan(.close, &session).actions, &session, &tally) {
      (action, session) throws(UpkeepError) in
      for statement in action.statements {
        let builds = statement.hasPrefix("CREATE INDEX")
        try session.run(
          statement, .concurrent(Self.closePatience), during: builds ? .indexBuilding : nil)
      }
      return .done
    }
  }

  /// VACUUM and an index of one partition; both hold nobody up meanwhile.
  private static let closePatience = Duration.seconds(3 * 3600)

  enum Outcome {
    case done
    /// Nothing failed, but the rest of this partition's plan does not hold any more.
    case passed(String)
  }

  /// Runs the actions in order; when one of a partition fails, its others wait for the next plan.
  ///
  /// Throws only what ends the job: a stop, the deadline, a lost connection.
  func each(
    _ actions: [PlannedAction], _ session: inout MaintenanceSession, _ tally: inout JobTally,
    _ perform: (PlannedAction, inout MaintenanceSession) throws(UpkeepError) -> Outcome
  ) throws(UpkeepError) {
    var postponed: Set<[String]> = []
    for action in actions where !postponed.contains([action.table, action.partition]) {
      if session.stop.isRequested { throw .stopped }
      if session.deadline.hasPassed { throw .deadline }
      observe(.began(action))
      do throws(UpkeepError) {
        switch try perform(action, &session) {
        case .done:
          if action.kind != .keep { tally.actions += 1 }
          observe(.done(action))
        case .passed(let why):
          postponed.insert([action.table, action.partition])
          tally.notes.append("\(action.partition): \(why)")
          observe(.passed(action, why: why))
        }
      } catch {
        if error.isStop { throw error }
        postponed.insert([action.table, action.partition])
        tally.failures.append("\(action.partition): \(error)")
        observe(.failed(action, error))
        guard session.connection.isUsable else { throw error }
        try session.recordFailure(of: action, error)
      }
    }
  }
}

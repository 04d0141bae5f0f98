// SPDX-License-Identifier: Apache-2.0
import Postgres
import Telemetry

extension Executor {
  /// A file that has to be written again, or a hold that came meanwhile, needs another plan.
  private static let plansMax = 3

  /// Takes expired partitions out, each as far as it comes.
  func retain(
    _ session: inout MaintenanceSession, _ tally: inout JobTally
  ) throws(UpkeepError) {
    let files = RetirementFiles(settings: settings, observe: observe)
    var failed: Set<[String]> = []
    for turn in 1...Self.plansMax {
      let planned = try plan(.retain, &session)
      if turn == 1 { report(planned, &tally) }
      var wantsAnother = false
      let actions = planned.actions.filter { !failed.contains([$0.table, $0.partition]) }
      try each(actions, &session, &tally) { (action, session) throws(UpkeepError) in
        if planned.leaving(action) != nil, try session.hasPendingDetach(action.table) {
          failed.insert([action.table, action.partition])
          return .passed("it waits for a detach that is pending")
        }
        do throws(UpkeepError) {
          let outcome = try retire(action, planned, files, &session)
          if case .passed = outcome, action.kind != .keep { wantsAnother = true }
          return outcome
        } catch {
          failed.insert([action.table, action.partition])
          throw error
        }
      }
      if !wantsAnother { return }
    }
  }

  /// What keeps expired partitions where they are is the job's failure, unless it is a hold.
  private func report(_ planned: Planned, _ tally: inout JobTally) {
    for finding in planned.findings where finding.code == .noArchivePlace {
      tally.failures.append("\(finding.table): \(finding.message)")
    }
  }

  private func retire(
    _ action: PlannedAction, _ planned: Planned, _ files: RetirementFiles,
    _ session: inout MaintenanceSession
  ) throws(UpkeepError) -> Outcome {
    switch action.kind {
    case .keep: return .passed(action.reason)
    case .detach, .finalize, .advance(.detached):
      // What is out of sight already goes on: a pending detach keeps all others from leaving.
      if let leaving = planned.leaving(action),
        let directory = files.directory(planned.policy(of: action.table))
      {
        try ArchiveRoom.check(directory, bytes: leaving.bytes)
      }
      return try unlessHeld { () throws(UpkeepError) in try detach(action, &session) }
    case .advance(.archived):
      try files.archive(action, planned.policy(of: action.table), &session)
    case .advance(.verified): return try files.verify(action, &session)
    case .advance(.shipped): return try files.ship(action, &session)
    case .advance(.dropped):
      if let why = try files.problem(of: action, &session) { return .passed(why) }
      return try unlessHeld { () throws(UpkeepError) in
        for statement in action.statements { try session.run(statement, .long) }
        UpkeepFault.retireDropped.reached()
      }
    case .detachDefault:
      for statement in action.statements { try session.run(statement, .blocking) }
    default:
      for statement in action.statements { try session.run(statement, .long) }
      if action.kind == .advance(.revoked) { UpkeepFault.retireRevoked.reached() }
    }
    return .done
  }

  private func detach(
    _ action: PlannedAction, _ session: inout MaintenanceSession
  ) throws(UpkeepError) {
    for statement in action.statements {
      let isDetach = statement.hasPrefix("ALTER TABLE")
      try session.run(statement, isDetach ? .concurrent(settings.detachPatience) : .short)
      if isDetach {
        UpkeepFault.retireDetached.reached()
      } else if statement == action.statements.first {
        UpkeepFault.retireBegun.reached()
      }
    }
    UpkeepFault.retireMarked.reached()
  }

  /// The database has the last word: a hold that was placed since the plan is no failure.
  private func unlessHeld(_ step: () throws(UpkeepError) -> Void) throws(UpkeepError) -> Outcome {
    do throws(UpkeepError) {
      try step()
    } catch {
      guard let database = error.database, database.sqlState == .held else { throw error }
      return .passed(database.message)
    }
    return .done
  }
}

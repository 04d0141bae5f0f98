// SPDX-License-Identifier: Apache-2.0
import CopyFormat

extension SetPlanner {
  /// What an operator should know; of a set that another tool maintains, only that it runs short.
  func findings() -> [PlanFinding] {
    var found = runwayFindings()
    guard policy.isManaged else { return found }
    found += gapFindings() + boundsFindings() + detachFindings() + defaultFindings()
    found += retirementFindings() + maintenanceFindings()
    if partitioned.rowsOutside > 0 {
      found.append(
        finding(
          .rowsOutside,
          "\(partitioned.rowsOutside) records were refused as too_old or too_new in the last 24 hours: "
            + "see daybook rejects list, and widen the policy if they are wanted"))
    }
    return found
  }

  /// The daily run makes one month when a month begins: until then one less than the policy's
  /// number is as it should be. Where that is none, the run has to come in time.
  private var runwayMonthsMin: Int {
    let age = now.microseconds - currentMonth.start.microseconds
    return max(age > Self.staleAfterMicroseconds ? 1 : 0, policy.monthsAhead - 1)
  }

  /// Maintenance runs daily, and two hours late is not yet late.
  static let staleAfterMicroseconds = 26 * 3_600 * Timestamp.microsecondsPerSecond

  private func runwayFindings() -> [PlanFinding] {
    guard isTouched(currentMonth) else {
      return [
        finding(
          .runwayShort,
          "the current month \(currentMonth) has no partition: run daybook partitions ensure")
      ]
    }
    let ahead = months(currentMonth.next, currentMonth.advanced(by: policy.monthsAhead))
      .prefix { isTouched($0) }.count
    guard ahead < runwayMonthsMin else { return [] }
    let maker = policy.isManaged ? "daybook maintain" : "the tool that maintains it"
    return [
      finding(
        .runwayShort,
        "partitions are ready for \(ahead) of \(policy.monthsAhead) months after "
          + "\(currentMonth): look at \(maker)")
    ]
  }

  private func gapFindings() -> [PlanFinding] {
    missingMonths().flatMap { month -> [PlanFinding] in
      let name = childName(month)
      var found: [PlanFinding] = []
      if isHole(month) {
        found.append(
          finding(
            .gap, name,
            "\(month) has no partition between others: the first record of it makes one, or is "
              + "refused where the policy no longer has the month")
        )
      }
      if partitioned.strayTables.contains(name) {
        found.append(
          finding(
            .nameTaken, name,
            "the partition of \(month) cannot be made: \(name) exists and is no partition of "
              + "\(table); attach it, rename it or drop it"))
      }
      return found
    }
  }

  private func boundsFindings() -> [PlanFinding] {
    let odd = partitioned.partitions.filter { $0.month == nil }
    guard let first = odd.first else { return [] }
    let lower = first.lower.map { "\($0)" } ?? "MINVALUE"
    let upper = first.upper.map { "\($0)" } ?? "MAXVALUE"
    let more = odd.count > 1 ? ", and \(odd.count - 1) more like it" : ""
    return [
      finding(
        .boundsNotMonthly, first.name,
        "it reaches from \(lower) to \(upper)\(more): not a month in UTC, so another tool or time "
          + "zone made it; no partition is made for a month that it touches")
    ]
  }

  private func detachFindings() -> [PlanFinding] {
    let unknown = partitioned.partitions.filter {
      $0.isDetachPending && openRetirement(of: $0) == nil
    }
    return unknown.map { partition in
      let advice =
        !isDetachedByOthers(partition)
        ? "it has expired, and maintenance finishes it"
        : "it has not expired, or is under legal hold: finish it "
          + "(\(statements.finalize(partition.name))) and attach it again if it is wanted; "
          + "until then nothing else can be detached"
      return finding(
        .detachPending, partition.name,
        "somebody's detach was interrupted, and no queries see its rows; \(advice)")
    }
  }

  private func defaultFindings() -> [PlanFinding] {
    guard let partition = partitioned.defaultPartition else { return [] }
    return [
      partition.hasRows
        ? finding(
          .rowsInDefault, partition.name,
          "the default partition has rows: move them to the partitions of their months; until then "
            + "new months wait for a scan of it and partitions leave with a short lock")
        : finding(
          .defaultPartition, partition.name,
          "the default partition is empty, and maintenance removes it")
    ]
  }

  private func retirementFindings() -> [PlanFinding] {
    let stuck = partitioned.retirements.filter { $0.attempts > 0 && $0.state != .dropped }
    var found = stuck.map { retirement in
      finding(
        .retirementStuck, retirement.partition,
        "its retirement is \(retirement.state.rawValue) after \(retirement.attempts) failed "
          + "attempts: \(retirement.lastError ?? "no error was recorded")")
    }
    let waits = partitioned.retirements.contains {
      [.detaching, .detached, .revoked].contains($0.state)
    }
    if lacksArchivePlace, waits || partitioned.partitions.contains(where: isExpired) {
      found.append(
        finding(
          .noArchivePlace,
          "partitions have expired and their archive has no place: set archive_dir, or give the "
            + "policy a directory, or say on purpose that no archive is wanted (policy set)"))
    }
    return found
  }

  private func maintenanceFindings() -> [PlanFinding] {
    guard let since = partitioned.maintenance.expectedSince else { return [] }
    let stale = PlannedAction.Job.allCases.filter { job in
      let last = partitioned.maintenance.lastSuccess[job] ?? since
      return now.microseconds - last.microseconds > Self.staleAfterMicroseconds
    }
    guard !stale.isEmpty else { return [] }
    let jobs = stale.map { job in
      "\(job.rawValue) (\(partitioned.maintenance.lastSuccess[job].map { "last \($0)" } ?? "never"))"
    }
    return [
      finding(
        .maintenanceStale,
        "no successful run within 26 hours of " + jobs.joined(separator: ", ")
          + ": look at maintenance_runs and start daybook maintain")
    ]
  }

  private func finding(_ code: PlanFinding.Code, _ message: String) -> PlanFinding {
    PlanFinding(code, table: table, message)
  }

  private func finding(
    _ code: PlanFinding.Code, _ partition: String, _ message: String
  ) -> PlanFinding {
    PlanFinding(code, table: table, partition: partition, message)
  }
}

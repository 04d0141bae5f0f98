// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Testing
import Upkeep

/// Single decisions of the plan.
@Suite struct PartitionPlanTests {
  private static let now = Timestamp(
    microseconds: Month(year: 2026, month: 11).start.microseconds
      + 20 * Timestamp.microsecondsPerDay)

  /// Months from 2026-`first` to three after the current one, closed and frozen.
  private static func set(_ first: Int = 10, retention: Int = 13) -> PartitionSet {
    var set = PartitionSet(
      policy: PartitionPolicy(table: "t", retentionMonths: retention, closeAfterDays: 366))
    var month = Month(year: 2026, month: first)
    while month <= Month(year: 2027, month: 2) {
      set.partitions.append(partition(month))
      month = month.next
    }
    return set
  }

  private static func partition(_ month: Month) -> Partition {
    Partition(
      name: "t_\(month.partitionSuffix)", oid: UInt32(month.year * 12 + month.month),
      lower: month.start, upper: month.next.start)
  }

  private static func plan(
    _ set: PartitionSet, at now: Timestamp = now, hasArchivePlace: Bool = true
  ) -> Plan {
    PartitionPlan.make(
      [set], now: now, schema: "s", hasArchivePlace: hasArchivePlace)
  }

  @Test func aSetInOrderWantsNothing() {
    #expect(Self.plan(Self.set()) == Plan())
  }

  @Test(arguments: [0, -5, Int.min / 2])
  func theCurrentMonthStaysWhateverThePolicySays(_ retention: Int) {
    let actions = Self.plan(Self.set(9, retention: retention)).actions.filter { $0.job == .retain }
    #expect(Set(actions.map(\.partition)) == ["t_p20260901", "t_p20261001"])
  }

  @Test func aStrayTableBlocksOneMonthOnly() {
    var set = Self.set()
    set.partitions.removeLast(2)
    set.strayTables = ["t_p20270101"]
    let plan = Self.plan(set)
    #expect(plan.actions.map(\.partition) == ["t_p20270201"])
    #expect(plan.findings.map(\.code) == [.runwayShort, .nameTaken])
  }

  /// The daily run has not made its month yet. Only of a single month ahead is that for a day: the
  /// next month has no partition until then.
  @Test(arguments: [1, 2, 3])
  func aMonthThatBeginsIsNoFinding(ahead: Int) {
    var set = Self.set()
    set.policy.monthsAhead = ahead
    set.partitions.removeLast(4 - ahead)
    let begin = Month(year: 2026, month: 11).start
    let late = Timestamp(
      microseconds: begin.microseconds + 26 * 3_600 * Timestamp.microsecondsPerSecond)
    for now in [begin, late] {
      #expect(Self.plan(set, at: now).actions.count == 1)
      #expect(Self.plan(set, at: now).findings.isEmpty)
    }
    let later = Timestamp(microseconds: late.microseconds + 1)
    let expected: [PlanFinding.Code] = ahead == 1 ? [.runwayShort] : []
    #expect(Self.plan(set, at: later).findings.map(\.code) == expected)
    set.partitions.removeLast()
    #expect(Self.plan(set, at: begin).findings.map(\.code) == [.runwayShort])
  }

  @Test func otherBoundsAreNamedAndNotOverlapped() {
    var set = Self.set()
    let last = set.partitions.removeLast()
    let shift = 5 * 3_600 * Timestamp.microsecondsPerSecond
    set.partitions.append(
      Partition(
        name: "odd", oid: 9,
        lower: last.lower.map { Timestamp(microseconds: $0.microseconds + shift) },
        upper: last.upper.map { Timestamp(microseconds: $0.microseconds + shift) }))
    let plan = Self.plan(set)
    #expect(plan.actions.isEmpty)
    #expect(plan.findings.map(\.code) == [.boundsNotMonthly])
    #expect(plan.findings[0].message.contains("2027-02-01T05:00:00.000000Z"))
  }

  @Test func anotherToolsSetIsOnlyWatched() {
    var set = Self.set(1, retention: 2)
    set.policy.isManaged = false
    set.rowsOutside = 5
    set.defaultPartition = .init(name: "t_default", hasRows: true)
    #expect(Self.plan(set) == Plan())
    set.partitions.removeLast(3)
    let plan = Self.plan(set)
    #expect(plan.actions.isEmpty)
    #expect(plan.findings.map(\.code) == [.runwayShort])
  }

  @Test func withoutAPlaceForArchivesNoDetachBegins() {
    let set = Self.set(5, retention: 4)
    let plan = Self.plan(set, hasArchivePlace: false)
    #expect(plan.actions.isEmpty)
    #expect(plan.findings.map(\.code) == [.noArchivePlace])
    var own = set
    own.policy.archiveDirectory = "/var/lib/archive"
    #expect(
      Self.plan(own, hasArchivePlace: false).actions.prefix(5).map(\.name)
        == ["detach", "revoke", "archive", "verify", "drop"])
  }

  @Test func rowsInTheDefaultPartitionMakeADetachPlain() throws {
    var set = Self.set(6, retention: 4)
    set.defaultPartition = .init(name: "t_default", hasRows: true)
    let plan = Self.plan(set)
    let detach = try #require(plan.actions.first { $0.name == "detach" })
    #expect(detach.partition == "t_p20260601")
    #expect(
      detach.statements[1]
        == "BEGIN; SET LOCAL lock_timeout = '250ms'; "
        + #"ALTER TABLE "s"."t" DETACH PARTITION "s"."t_p20260601"; COMMIT"#)
    #expect(plan.findings.map(\.code) == [.rowsInDefault])
    set.defaultPartition = .init(name: "t_default", hasRows: false)
    let empty = Self.plan(set)
    #expect(empty.actions.first?.name == "drop_default")
    #expect(empty.actions[1].statements[1].hasSuffix("CONCURRENTLY"))
  }

  @Test func somebodysDetachOfALiveMonthHoldsDetachesUp() {
    var set = Self.set(5, retention: 4)
    set.partitions[5].isDetachPending = true
    let plan = Self.plan(set)
    #expect(plan.actions.isEmpty)
    #expect(plan.findings.map(\.code) == [.detachPending])
  }

  @Test func aRetirementGoesOnFromItsState() {
    var set = Self.set()
    var retirement = Retirement(
      id: 1, table: "t", partition: "t_p20250901", partitionOID: 7,
      lower: Month(year: 2025, month: 9).start, upper: Month(year: 2025, month: 10).start,
      state: .detaching)
    let names: [Retirement.State: [String]] = [
      .detaching: ["detach", "revoke", "archive", "verify", "drop"],
      .detached: ["revoke", "archive", "verify", "drop"], .revoked: ["archive", "verify", "drop"],
      .archived: ["verify", "drop"], .verified: ["drop"], .shipped: ["drop"], .dropped: [],
    ]
    for state in Retirement.State.allCases {
      retirement.state = state
      set.retirements = [retirement]
      #expect(Self.plan(set).actions.map(\.name) == names[state])
    }
    retirement.state = .archived
    retirement.attempts = 3
    retirement.lastError = "no space"
    retirement.hasHeldRows = true
    set.retirements = [retirement]
    let held = Self.plan(set)
    #expect(held.actions.map(\.name) == ["verify", "keep"])
    #expect(held.findings.map(\.code) == [.retirementStuck])
    let shipping = PartitionPlan.make(
      [set], now: Self.now, schema: "s", hasArchivePlace: true, hasArchiveCommand: true)
    #expect(shipping.actions.map(\.name) == ["verify", "ship", "keep"])
  }

  @Test func whatHasOnlyBegunToLeaveIsKeptIfItIsWantedAgain() {
    var set = Self.set(10, retention: 0)
    let oldest = set.partitions[0]
    set.retirements = [
      Retirement(
        id: 1, table: "t", partition: oldest.name, partitionOID: oldest.oid,
        lower: oldest.lower ?? Self.now, upper: oldest.upper ?? Self.now, state: .detaching)
    ]
    #expect(Self.plan(set).actions.map(\.name).first == "detach")
    set.policy.retentionMonths = 600
    #expect(Self.plan(set).actions.map(\.name) == ["keep"])
    set.policy.retentionMonths = 0
    set.partitions[0].hasHeldRows = true
    #expect(Self.plan(set).actions.map(\.name).first == "keep")
  }

  @Test func lateRowsAreFrozenOnceADay() {
    var set = Self.set()
    set.policy.closeAfterDays = 7
    set.partitions[0].insertsSinceVacuum = 3
    #expect(Self.plan(set).actions.map(\.name) == ["freeze"])
    set.partitions[0].frozenAt = Timestamp(
      microseconds: Self.now.microseconds - Timestamp.microsecondsPerDay)
    #expect(Self.plan(set).actions.isEmpty)
    set.partitions[0].frozenAt?.microseconds -= 1
    #expect(Self.plan(set).actions.map(\.name) == ["freeze"])
    set.partitions[0].insertsSinceVacuum = 0
    #expect(Self.plan(set).actions.isEmpty)
  }

  @Test func maintenanceIsStaleAfter26Hours() {
    var set = Self.set()
    let hour = 3_600 * Timestamp.microsecondsPerSecond
    set.maintenance.expectedSince = Timestamp(microseconds: Self.now.microseconds - 26 * hour)
    #expect(Self.plan(set).findings.isEmpty)
    set.maintenance.expectedSince?.microseconds -= 1
    #expect(Self.plan(set).findings.map(\.code) == [.maintenanceStale])
    for job in PlannedAction.Job.allCases {
      set.maintenance.lastSuccess[job] = Timestamp(microseconds: Self.now.microseconds - hour)
    }
    #expect(Self.plan(set).findings.isEmpty)
  }

  @Test func namesOfIndexesFitAndAreTheirOwn() throws {
    let short = try #require(IndexSpecification("btree (actor_id, occurred_at)"))
    #expect(
      short.indexName(on: "audit_logs_p20260101")
        == "audit_logs_p20260101_actor_id_occurred_at_btree_idx")
    let partition = String(repeating: "ä", count: 26) + "_p20260101"
    let names = ["a", "b"].compactMap {
      IndexSpecification("gin (metadata_of_records_\($0) jsonb_path_ops)")?
        .indexName(on: partition)
    }
    #expect(Set(names).count == 2)
    #expect(names.allSatisfy { $0.utf8.count <= 63 && $0.hasSuffix("_idx") })
  }

  @Test func namesAreQuoted() throws {
    var set = PartitionSet(policy: PartitionPolicy(table: "we\"i'rd", retentionMonths: 1))
    set.policy.archive = .none(reason: "it's wanted")
    set.partitions = [Self.partition(Month(year: 2020, month: 1))]
    let statements = Self.plan(set).actions.flatMap(\.statements)
    #expect(
      statements.contains(#"SELECT "s"."daybook_create_partition"('we"i''rd', '2026-11-01')"#))
    #expect(
      statements.contains(
        #"ALTER TABLE "s"."we""i'rd" DETACH PARTITION "s"."t_p20200101" CONCURRENTLY"#))
  }
}

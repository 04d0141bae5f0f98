// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Upkeep

/// A random life of a few tables; each check answers a complaint or nil, by arithmetic of its own.
struct PlanScene {
  private var random: SplitMix
  private(set) var catalogue: SimulatedCatalogue
  private(set) var now: Timestamp
  /// The last plan was not carried out to its end.
  private(set) var wasInterrupted = false

  init(seed: UInt64) {
    var random = SplitMix(state: seed)
    let specifications = ["gin (metadata jsonb_path_ops)", "btree (a, b)", "brin (at)"]
    catalogue = SimulatedCatalogue(
      ["one", "two", "three"].map { table in
        PartitionPolicy(
          table: table, monthsAhead: random.below(6) + 1, retentionMonths: random.below(30) + 1,
          archive: random.chance(3) ? .none(reason: "a test") : .required,
          heldRows: random.chance(2) ? .keep : .carve, closeAfterDays: random.below(40),
          closedIndexes: specifications.prefix(random.below(4)).compactMap(IndexSpecification.init))
      })
    now = Timestamp(
      microseconds: Month(year: 2024 + random.below(8), month: 1).start.microseconds
        + Int64(random.below(400)) * Timestamp.microsecondsPerDay
        + Int64(random.below(86_400)) * Timestamp.microsecondsPerSecond)
    self.random = random
  }

  mutating func plan() -> Plan { catalogue.plan(now) }

  mutating func somethingHappens() {
    let days = random.chance(8) ? random.below(460) - 60 : random.below(35)
    now.microseconds += Int64(days) * Timestamp.microsecondsPerDay
    for set in catalogue.sets.indices {
      if random.chance(12) { catalogue.sets[set].policy.retentionMonths = random.below(30) + 1 }
      if random.chance(12) { catalogue.sets[set].policy.monthsAhead = random.below(6) + 1 }
      if random.chance(15) {
        catalogue.sets[set].defaultPartition = .init(name: "d", hasRows: random.chance(2))
      }
      for index in catalogue.sets[set].partitions.indices { touchPartition(set, index) }
      for index in catalogue.sets[set].retirements.indices where random.chance(10) {
        catalogue.sets[set].retirements[index].hasHeldRows.toggle()
        catalogue.sets[set].retirements[index].attempts = random.below(3)
      }
      let count = catalogue.sets[set].partitions.count
      if count > 0, random.chance(10) {
        catalogue.sets[set].partitions.remove(at: random.below(count))
      }
    }
  }

  private mutating func touchPartition(_ set: Int, _ index: Int) {
    if random.chance(10) { catalogue.sets[set].partitions[index].hasHeldRows.toggle() }
    if random.chance(10) { catalogue.sets[set].partitions[index].insertsSinceVacuum += 5 }
    if random.chance(40) { catalogue.sets[set].partitions[index].isDetachPending = true }
    if random.chance(20), !catalogue.sets[set].partitions[index].indexes.isEmpty {
      let name = catalogue.sets[set].partitions[index].indexes[0].name
      catalogue.sets[set].partitions[index].indexes[0] = PartitionIndex(name: name, isValid: false)
    }
  }

  mutating func apply(_ plan: Plan) {
    wasInterrupted = random.chance(4)
    let done = wasInterrupted ? random.below(plan.actions.count + 1) : plan.actions.count
    for action in plan.actions.prefix(done) { catalogue.apply(action, now) }
  }

  /// Years and months as one number: nothing of the plan's own reckoning.
  private func monthNumber(_ time: Timestamp) -> Int {
    let date = CivilDate(daysSince2000: Int64(time.day))
    return date.year * 12 + date.month
  }

  func earlyRetirement(_ plan: Plan) -> String? {
    for action in plan.actions where action.kind == .detach || action.kind == .finalize {
      guard let set = catalogue.sets.first(where: { $0.table == action.table }),
        let partition = set.partitions.first(where: { $0.name == action.partition }),
        let upper = partition.upper
      else { return "\(action) concerns nothing that exists" }
      let isKnown = set.retirements.contains { $0.partitionOID == partition.oid }
      if isKnown && action.kind == .finalize { continue }
      if monthNumber(upper) > monthNumber(now) - set.policy.retentionMonths {
        return "at \(now) with \(set.policy.retentionMonths) months: \(action)"
      }
    }
    return nil
  }

  func droppedUnderHold(_ plan: Plan) -> String? {
    for action in plan.actions where action.kind == .advance(.dropped) {
      guard let set = catalogue.sets.first(where: { $0.table == action.table }) else { continue }
      let isHeld =
        set.partitions.contains { $0.name == action.partition && $0.hasHeldRows }
        || set.retirements.contains {
          $0.partition == action.partition && $0.state != .dropped && $0.hasHeldRows
        }
      if isHeld && set.policy.heldRows == .keep { return "held rows are dropped: \(action)" }
    }
    return nil
  }

  /// Creations are the same without holds, failures and files.
  func dependentCreation(_ plan: Plan) -> String? {
    var other = catalogue
    for set in other.sets.indices {
      for index in other.sets[set].partitions.indices {
        other.sets[set].partitions[index].hasHeldRows.toggle()
        other.sets[set].partitions[index].isDetachPending = false
      }
      for index in other.sets[set].retirements.indices {
        other.sets[set].retirements[index].attempts += 1
        other.sets[set].retirements[index].state = .detaching
      }
      other.sets[set].policy.archive = .required
    }
    let creations = other.plan(now, hasArchivePlace: false).actions.filter { $0.job == .create }
    return creations == plan.actions.filter { $0.job == .create }
      ? nil : "creations depend on retention"
  }

  /// Nothing is dropped that the same plan does not bring there step by step.
  func unsafeOrder(_ plan: Plan) -> String? {
    for set in catalogue.sets where set.policy.archive == .required {
      for (number, action) in plan.actions.enumerated()
      where action.table == set.table && action.kind == .advance(.dropped) {
        let isVerified =
          set.retirements.contains {
            $0.partition == action.partition && [.verified, .shipped].contains($0.state)
          }
          || plan.actions.prefix(number).contains {
            $0.partition == action.partition && $0.kind == .advance(.verified)
          }
        if !isVerified { return "dropped without a verified archive: \(action)" }
      }
    }
    return nil
  }

  func shortRunway() -> String? {
    for set in catalogue.sets {
      for ahead in -1...set.policy.monthsAhead {
        let month = now.month.advanced(by: ahead)
        let isThere = set.partitions.contains { $0.month == month }
        // After the clock was turned back a retired month may be the current one.
        let isRetired = set.retirements.contains { $0.lower == month.start }
        if !isThere && !isRetired { return "\(set.table) has no partition for \(month) at \(now)" }
      }
    }
    return nil
  }

  /// A second plan may only close what the first has made; a third has nothing to do.
  mutating func laterPlans() -> String? {
    let second = catalogue.plan(now).actions.filter { $0.kind != .keep }
    if let extra = second.first(where: { $0.job != .close }) {
      return "left for a second plan at \(now): \(extra)"
    }
    for action in second { catalogue.apply(action, now) }
    let third = catalogue.plan(now).actions.filter { $0.kind != .keep }
    return third.first.map { "left for a third plan at \(now): \($0)" }
  }
}

/// SplitMix64.
struct SplitMix {
  var state: UInt64

  mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
  }

  /// True once in so many times.
  mutating func chance(_ bound: Int) -> Bool { below(bound) == 0 }
}

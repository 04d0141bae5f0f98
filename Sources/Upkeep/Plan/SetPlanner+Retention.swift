// SPDX-License-Identifier: Apache-2.0
import CopyFormat

extension SetPlanner {
  /// What leaves, oldest first; an interrupted detach before all else, because PostgreSQL allows
  /// one for each table.
  func retentions() -> [PlannedAction] {
    var actions: [PlannedAction] = []
    if let partition = partitioned.defaultPartition, !partition.hasRows {
      actions.append(
        action(
          .detachDefault, partition.name,
          "it is empty, and with it no partition can be detached concurrently",
          [statements.dropEmptyDefault(partition.name)]))
    }
    actions += partitioned.partitions.filter(\.isDetachPending).flatMap(finalization)
    let open = partitioned.retirements.filter { $0.state != .dropped }.sorted {
      $0.lower < $1.lower
    }
    actions += open.flatMap(continuation)
    if !isDetachBlocked {
      let expired = partitioned.partitions.filter {
        isExpired($0) && !$0.isDetachPending && openRetirement(of: $0) == nil
      }
      actions += expired.flatMap(expiration)
    }
    return actions
  }

  /// A partition that somebody detaches, has not expired or is held, and that no retirement knows:
  /// PostgreSQL allows no other detach, and what becomes of its rows is for a person to say.
  var isDetachBlocked: Bool { partitioned.partitions.contains(where: isDetachedByOthers) }

  func isDetachedByOthers(_ partition: Partition) -> Bool {
    partition.isDetachPending && openRetirement(of: partition) == nil
      && (!isExpired(partition) || isKept(partition))
  }

  private func isKept(_ partition: Partition) -> Bool {
    partition.hasHeldRows && policy.heldRows == .keep
  }

  /// Expired partitions cannot go, for want of a place for their archive.
  var lacksArchivePlace: Bool {
    policy.archive == .required && policy.archiveDirectory == nil && !hasArchivePlace
  }

  private func finalization(_ partition: Partition) -> [PlannedAction] {
    let finalize = statements.finalize(partition.name)
    if openRetirement(of: partition) != nil {
      return [
        action(
          .finalize, partition.name, "its detach was interrupted",
          [finalize, statements.markDetached(partition.name)])
      ]
    }
    guard !isDetachedByOthers(partition) else { return [] }
    let reason = "its detach was interrupted; " + expiredReason(partition)
    return [
      action(
        .finalize, partition.name, reason,
        [
          statements.beginRetirement(partition.name, reason: reason), finalize,
          statements.markDetached(partition.name),
        ])
    ]
      + steps(
        partition.name, after: .detached, isHeld: partition.hasHeldRows, holds: partition.holds)
  }

  /// The rest of a retirement that has begun.
  private func continuation(_ retirement: Retirement) -> [PlannedAction] {
    var actions: [PlannedAction] = []
    var state = retirement.state
    if state == .detaching {
      let attached = partitioned.partitions.first { $0.oid == retirement.partitionOID }
      if let attached, !attached.isDetachPending {
        if isDetachBlocked || lacksArchivePlace { return [] }
        if let reason = changedReason(attached) { return [action(.keep, attached.name, reason)] }
      }
      // A pending one has been finalized above.
      if attached?.isDetachPending != true {
        let name = retirement.partition
        let detach = statements.detach(name, isConcurrent: isConcurrent)
        actions.append(
          action(
            .advance(.detached), name, "its retirement has begun",
            (attached == nil ? [] : [detach]) + [statements.markDetached(name)]))
      }
      state = .detached
    }
    return actions
      + steps(
        retirement.partition, after: state, isHeld: retirement.hasHeldRows,
        holds: retirement.holds)
  }

  /// Why a partition that was to go, and is attached as ever, stays.
  private func changedReason(_ partition: Partition) -> String? {
    if isKept(partition) { return keptReason(partition.holds) }
    guard !isExpired(partition) else { return nil }
    return "its retirement has begun, but \(table) keeps \(policy.retentionMonths) months now: "
      + "daybook_cancel_retirement takes it back"
  }

  private func expiration(_ partition: Partition) -> [PlannedAction] {
    if isKept(partition) {
      return [action(.keep, partition.name, keptReason(partition.holds))]
    }
    guard !lacksArchivePlace else { return [] }
    let reason = expiredReason(partition)
    return [
      action(
        .detach, partition.name, reason,
        [
          statements.beginRetirement(partition.name, reason: reason),
          statements.detach(partition.name, isConcurrent: isConcurrent),
          statements.markDetached(partition.name),
        ])
    ]
      + steps(
        partition.name, after: .detached, isHeld: partition.hasHeldRows, holds: partition.holds)
  }

  /// From a state to the drop, or to where it cannot go on.
  private func steps(
    _ partition: String, after reached: Retirement.State, isHeld: Bool, holds: [PartitionHold]
  ) -> [PlannedAction] {
    var actions: [PlannedAction] = []
    var state = reached
    while let next = step(after: state) {
      if next == .dropped, isHeld, policy.heldRows == .keep {
        return actions + [action(.keep, partition, keptReason(holds))]
      }
      actions.append(
        action(
          .advance(next), partition, reason(next, isHeld: isHeld),
          statements.advance(partition, to: next)))
      state = next
    }
    return actions
  }

  /// The state that comes after; nil at the end, and where an archive wants a place that is
  /// missing.
  private func step(after state: Retirement.State) -> Retirement.State? {
    switch state {
    case .detaching: .detached
    case .detached: .revoked
    case .revoked:
      policy.archive != .required ? .dropped : lacksArchivePlace ? nil : .archived
    case .archived: .verified
    case .verified: hasArchiveCommand ? .shipped : .dropped
    case .shipped: .dropped
    case .dropped: nil
    }
  }

  private func reason(_ next: Retirement.State, isHeld: Bool) -> String {
    switch next {
    case .detaching, .detached: "it has expired"
    case .revoked: "it stands alone: rights go, and its rows are counted"
    case .archived: "its rows go to a file first"
    case .verified: "the file is read back before anything is dropped"
    case .shipped: "archive_command takes the file"
    case .dropped: dropReason + (isHeld ? "; its held rows are copied to \(table)_held" : "")
    }
  }

  private var dropReason: String {
    switch policy.archive {
    case .required: "its archive was verified"
    case .none(let reason): "no archive is wanted: \(reason)"
    }
  }

  private var isConcurrent: Bool { partitioned.defaultPartition?.hasRows != true }

  private func expiredReason(_ partition: Partition) -> String {
    "expired: it ended \(partition.upper.map { "\($0)".prefix(10) } ?? ""), and \(table) keeps "
      + "\(policy.retentionMonths) months before \(currentMonth)"
  }

  private func keptReason(_ holds: [PartitionHold]) -> String {
    guard !holds.isEmpty else { return "expired, but it has rows under legal hold" }
    return "expired, but it has rows under legal "
      + holds.map { "\($0)" }.joined(separator: ", ")
  }
}

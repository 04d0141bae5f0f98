// SPDX-License-Identifier: Apache-2.0
import Kafka
import Sysexits
import Telemetry

extension Session: RebalanceHandler {
  /// Claims the partitions and says where to begin. Runs on the polling thread, inside `poll`.
  func assign(_ added: [TopicPartition], consumer: Consumer) throws -> [PartitionOffset] {
    Metrics.rebalances.add(1)
    watch.note { [worker, kept = assignment.topicPartitions.union(added)] book in
      book.forget(of: worker, except: kept)
    }
    guard !added.isEmpty else {
      reportAssignment()
      return []
    }
    do throws(IngestError) {
      let claimed = try claimer.claim(added)
      IngestFault.assignClaimed.reached()
      submittedCount = 0
      defer { reportAssignment() }
      return begin(claimed)
    } catch {
      // The session ends; a claim that only took too long is tried again by the next one.
      workerHealth.partitions(failure: error.description)
      if error.exitCode == ExitCode.temporary { restart = "\(error)" } else { failure = error }
      throw error
    }
  }

  private func begin(_ claimed: [(ClaimedPartition, StartDecision)]) -> [PartitionOffset] {
    var starts: [PartitionOffset] = []
    var states: [PartitionState] = []
    for (partition, decision) in claimed {
      guard let source = settings.sources.firstIndex(where: { $0.topic == partition.topic })
      else { continue }
      var state = PartitionState(
        claimed: partition, source: source,
        isContiguous: settings.sources[source].isContiguous)
      switch decision {
      case .fetch(let offset, let anchor):
        state.pendingAnchor = anchor
        if anchor == nil, state.anchor != nil { ProofResult.gone.count() }
        starts.append(PartitionOffset(state.topicPartition, offset: offset))
      case .halt(let reason, let detail):
        state.haltReason = reason.rawValue
        HaltReport.halted(state.topicPartition, reason.rawValue, detail: detail)
      case .stayHalted(let reason):
        HaltReport.halted(
          state.topicPartition, reason, detail: "halted before; a restart decides nothing")
      }
      states.append(state)
    }
    assignment.add(states)
    watch.note { [worker] book in
      for state in states {
        book.own(state.topicPartition, committed: state.committed, worker: worker)
      }
    }
    Log.info(
      "partitions assigned",
      [
        "partitions": LogValue(Self.names(states.map(\.topicPartition))),
        "fetching": LogValue(starts.count),
      ])
    return starts
  }

  /// Lets go of the partitions: what is filled is written if there is time, and dropped otherwise.
  func revoke(_ removed: [TopicPartition], lost: Bool, consumer: Consumer) {
    Metrics.rebalances.add(1)
    IngestFault.revokeReceived.reached()
    var isDropped = lost
    if !lost, restart == nil, failure == nil, !isPastDeadline {
      let isDoubtful = isBatchDoubtful(consumer)
      if !isDoubtful { submit() }
      isDropped =
        !handoff.drain(until: .now + .seconds(IngestLimits.revokeSecondsMax)) || isDoubtful
    }
    if isDropped { abandon() }
    HaltReport.released(assignment.states.filter { removed.contains($0.topicPartition) })
    assignment.remove(removed)
    watch.note { [worker] book in book.release(removed, worker: worker) }
    Metrics.assignedPartitions.set(Double(assignment.states.count), [String(worker)])
    if assignment.isEmpty {
      awaitsAssignment = true
      workerHealth.partitions(
        failure: lost
          ? "the session with the group has expired" : "the group is dividing them again")
    }
    // What was dropped may have belonged to partitions that stay: they must be read again.
    if isDropped, !assignment.isEmpty { restart = "records were dropped at a rebalance" }
    Log.info(
      "partitions revoked",
      ["partitions": LogValue(Self.names(removed)), "lost": LogValue(lost)])
  }

  /// The group has answered, and what it gave is claimed.
  private func reportAssignment() {
    Metrics.assignedPartitions.set(Double(assignment.states.count), [String(worker)])
    awaitsAssignment = false
    workerHealth.partitions(failure: nil)
    // Who has no partitions writes nothing that could show that the database is back.
    if assignment.isEmpty { workerHealth.postgres(failure: nil) }
  }

  /// A static member that begins anew joins as if it had just been started, and would push out the
  /// process that has taken its name meanwhile: the older one ends instead.
  ///
  /// The database tells it first when the successor has claimed before the next heartbeat.
  func yieldToSuccessor(_ consumer: Consumer) {
    guard restart != nil, failure == nil, settings.isStaticMember else { return }
    let positions = assignment.states.map {
      PartitionOffset($0.topicPartition, offset: $0.committed)
    }
    let error = consumer.fatalError(
      afterCommitting: positions, timeoutMilliseconds: IngestLimits.membershipMillisecondsMax)
    if let error { end(because: error) }
  }

  /// The client is unusable from now on.
  func end(because error: KafkaError) {
    let isSetUpWrong = error.exitCode == ExitCode.configuration
    failure = IngestError(
      "kafka: \(error)", exitCode: isSetUpWrong ? error.exitCode : ExitCode.unavailable)
  }

  /// The end of a session: its partitions belong to nobody, until a claim says otherwise.
  func releaseEverything() {
    watch.note { [worker, topicPartitions = assignment.states.map(\.topicPartition)] book in
      book.release(topicPartitions, worker: worker)
    }
    HaltReport.released(assignment.states)
    assignment = Assignment()
    Metrics.assignedPartitions.set(0, [String(worker)])
  }

  static func names(_ topicPartitions: [TopicPartition]) -> String {
    topicPartitions.map(\.description).joined(separator: ",")
  }

  private func note(_ committed: Committed) {
    for position in committed.positions {
      guard let index = assignment.index(of: position.topicPartition) else { continue }
      assignment[index].committed = max(assignment[index].committed, position.offset)
    }
    watch.note { [worker] book in
      for position in committed.positions {
        book.advance(
          position.topicPartition, to: position.offset,
          recordTime: committed.recordTimes[position.topicPartition], worker: worker)
      }
    }
  }

  /// What the writer has settled.
  func settle(_ receipts: [Handoff.Receipt], _ consumer: Consumer) {
    for receipt in receipts {
      switch receipt {
      case .partCommitted(let part):
        note(part)
        judge(part.shares, consumer)
      case .committed(let committed):
        note(committed)
        judge(committed.shares, consumer)
        consumer.commitAsync(
          committed.positions.filter { assignment.index(of: $0.topicPartition) != nil })
      case .fenced(let fenced, let why):
        if fenced >= generation { restart = why }
      case .failed(let error): failure = error
      }
    }
  }

  /// What the database has refused counts like what the decoder refuses. The records behind a halt
  /// are in the writer's hands already: a new session reads what the other partitions have among
  /// them.
  private func judge(_ shares: [RejectShare], _ consumer: Consumer) {
    for share in shares {
      guard let index = assignment.index(of: share.topicPartition), !assignment[index].isHalted,
        let ratio = assignment[index].count(share)
      else { continue }
      judge(ratio, index, before: share.next, consumer)
      if assignment[index].isHalted, restart == nil {
        restart = "\(share.topicPartition) is halted, and records behind its halt were read already"
      }
    }
  }
}

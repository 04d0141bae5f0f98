// SPDX-License-Identifier: Apache-2.0
import Kafka
import Postgres
import Telemetry

extension Session {
  /// Takes a record, passes over it, or halts its partition.
  func accept(_ message: borrowing Message, _ consumer: Consumer) {
    guard let index = assignment.index(topic: message.topicIndex, partition: message.partition)
    else { return }
    // One access to the state: reading it here and there would copy it each time.
    switch take(message, &assignment[index]) {
    case .done: break
    case .full(let ratio): judge(ratio, index, before: assignment[index].expected, consumer)
    case .overrun: overrun.insert(assignment[index].topicPartition)
    case .awaitsSchema(let id): awaitSchema(id, index, consumer)
    case .inDoubt: awaitClocks(index, consumer)
    case .compare(let anchor): compare(anchor, message, index, consumer)
    case .halt(let reason, let detail): halt(index, reason, detail: detail, consumer)
    }
  }

  private enum Taken {
    case done
    /// A window of items is full; the share of them that was rejected.
    case full(rejectRatio: Double)
    /// There is no batch for it: it comes again.
    case overrun
    case awaitsSchema(UInt32)
    case inDoubt
    case compare(Anchor)
    case halt(HaltReason, detail: String)
  }

  private func take(_ message: borrowing Message, _ state: inout PartitionState) -> Taken {
    if state.isHalted || state.wait != nil { return .done }
    // A rebalance within this very poll may have handed the batch over.
    guard let batch, overrun.isEmpty || !overrun.contains(state.topicPartition) else {
      return .overrun
    }
    switch state.verdict(at: message.offset) {
    case .append(let gap):
      switch filler.append(message, gap: gap, &state, into: batch) {
      case .taken(let accepted, let rejected):
        return state.count(accepted: accepted, rejected: rejected).map { .full(rejectRatio: $0) }
          ?? .done
      case .inDoubt: return .inDoubt
      case .awaitsSchema(let id): return .awaitsSchema(id)
      }
    case .pass: return .done
    case .compare(let anchor): return .compare(anchor)
    case .halt(let reason, let detail): return .halt(reason, detail: detail)
    }
  }

  private func compare(
    _ anchor: Anchor, _ message: borrowing Message, _ index: Int, _ consumer: Consumer
  ) {
    guard filler.matches(anchor, message) else {
      ProofResult.changed.count()
      let detail =
        "record \(anchor.offset) is not the one that was read before: the topic was probably deleted "
        + "and made again, or its log cut off and written on; nothing after it was stored"
      return halt(index, .logIdentityChanged, detail: detail, consumer)
    }
    ProofResult.same.count()
    assignment[index].proven()
  }

  /// Halts a partition when too large a share of its records before an offset was refused.
  func judge(_ ratio: Double, _ index: Int, before offset: Int64, _ consumer: Consumer) {
    guard ratio > settings.rejectRatioMax else { return }
    let topicPartition = assignment[index].topicPartition
    do throws(PostgresError) {
      let end = try claimer.rejectsAccepted(topicPartition)
      // The items of the window lie before the next record, at so many offsets at most; some of
      // them may lie behind `end`.
      if offset - Int64(IngestLimits.rejectWindowItems) < end {
        Log.info(
          "refusals are accepted, as was decided",
          [
            "topic": LogValue(topicPartition.topic),
            "partition": LogValue(topicPartition.partition),
            "until": LogValue(String(end)), "ratio": LogValue(ratio),
          ])
        return
      }
    } catch {
      restart =
        "whether the refusals of \(topicPartition) are accepted could not be asked: \(error)"
      return
    }
    let detail =
      "\(Int(ratio * 100)) % of the last \(IngestLimits.rejectWindowItems) "
      + "records were rejected; look at them with `daybook rejects list`"
    halt(index, .rejectRatio, detail: detail, consumer)
  }

  /// Everything before `offset` has been delivered, so what is missing holds no record.
  func reachEnd(of topicPartition: TopicPartition, at offset: Int64, _ consumer: Consumer) {
    guard let index = assignment.index(of: topicPartition), !assignment[index].isHalted,
      assignment[index].wait == nil
    else { return }
    // Without a batch, or after a record that had none, the end comes again with the next fetch.
    guard let batch, !overrun.contains(topicPartition) else {
      overrun.insert(topicPartition)
      return
    }
    if let anchor = assignment[index].pendingAnchor, offset <= anchor.offset {
      // After a change of leaders the end may lag behind for a moment.
      assignment[index].shortSince = assignment[index].shortSince ?? .now
    } else if case .halt(let reason, let detail) = assignment[index].verdict(at: offset) {
      halt(index, reason, detail: detail, consumer)
    } else if offset > assignment[index].expected {
      filler.skip(to: offset, &assignment[index], in: batch)
    }
  }

  /// An error event of one partition. One that librdkafka would answer by skipping records is
  /// answered by reading again: a flipped bit on the wire heals, one on the disk halts.
  func partitionFailed(_ topicPartition: TopicPartition, _ error: KafkaError, _ consumer: Consumer)
  {
    Metrics.kafkaErrors.add(1, [error.name])
    Log.warn(
      "kafka partition",
      [
        "topic": LogValue(topicPartition.topic), "partition": LogValue(topicPartition.partition),
        "error": LogValue(error.description),
      ])
    guard let index = assignment.index(of: topicPartition), !assignment[index].isHalted else {
      // A topic of which we have nothing is claimed when it is there again; the others are read on.
      if error.isAboutMissingTopic, assignment.hasPartition(of: topicPartition.topic) {
        restart = "\(error)"
      }
      return
    }
    switch error.scope {
    case .partition(.skips): refetch(index, error, consumer)
    case .partition(.stops) where assignment[index].pendingAnchor != nil:
      // Retention may have passed the anchor only, or the log is shorter: the claim finds out.
      restart = "\(topicPartition) does not have the record that was read last: \(error.name)"
    case .partition(.stops) where !error.isAboutMissingTopic:
      let detail = "the broker does not have offset \(assignment[index].expected): \(error.name)"
      halt(index, .offsetOutOfRange, detail: detail, consumer)
    default:
      // The topic may come back as another one: only a new claim compares the anchor.
      if error.isAboutMissingTopic { restart = "\(error)" }
    }
  }

  private func refetch(_ index: Int, _ error: KafkaError, _ consumer: Consumer) {
    assignment[index].refetches += 1
    let topicPartition = assignment[index].topicPartition
    guard assignment[index].refetches <= Self.refetchesMax else {
      let detail = "records from \(assignment[index].expected) on cannot be read: \(error.name)"
      return halt(index, .corruptRecords, detail: detail, consumer)
    }
    do throws(KafkaError) {
      try consumer.seek(
        [PartitionOffset(topicPartition, offset: assignment[index].fetchOffset)],
        timeoutMilliseconds: Self.seekMilliseconds)
    } catch {
      restart = "\(error)"
    }
  }

  /// Stops one partition until an operator decides; the others go on.
  func halt(_ index: Int, _ reason: HaltReason, detail: String, _ consumer: Consumer) {
    let state = assignment[index]
    assignment[index].haltReason = reason.rawValue
    HaltReport.halted(state.topicPartition, reason.rawValue, detail: detail)
    do {
      try consumer.pause([state.topicPartition])
      try claimer.halt(state.topicPartition, epoch: state.epoch, reason, detail: detail)
    } catch {
      // Not stored: the next claim finds the same reason again.
      restart = "halt of \(state.topicPartition) could not be stored: \(error)"
    }
  }

  static let refetchesMax = 3
}

// SPDX-License-Identifier: Apache-2.0
import Kafka
import Telemetry

/// The position is proven again whenever the log may have become another one.
///
/// A batch holds records that were fetched between its first and its last. If nothing happened in
/// that time after which a log can be another one, they are from the log of the batch before. If
/// something did, all of it is dropped, and the partitions are read again from where it began, with
/// the record before that first: if that is still the one that was read, so is everything before
/// it.
extension Session {
  /// Why what is being filled may be from another log than what was handed over; nil if it is not.
  func doubt(_ consumer: Consumer) -> Doubt? {
    let missed = missedAnswers(consumer)
    let shrunk = assignment.states.indices.filter { index in
      assignment[index].span >= 0 && hasShrunk(index, consumer)
    }
    guard !shrunk.isEmpty else { return missed }
    let back = Doubt(
      why: "a log went back", topicPartitions: Set(shrunk.map { assignment[$0].topicPartition }),
      consumerCount: provenAtDoubt)
    return missed?.and(back) ?? back
  }

  /// The part of it that costs nothing to ask.
  func missedAnswers(_ consumer: Consumer) -> Doubt? {
    // Counted before anybody is asked what the doubts are about: what comes from now on is a doubt
    // of its own.
    let count = consumer.doubtCount
    guard count != provenAtDoubt else {
      ownDoubt?.consumerCount = count
      return ownDoubt
    }
    let missed = Doubt(
      why: "a connection to a broker is new, or a leader or a topic was not found",
      topicPartitions: consumer.doubtedPartitions(since: provenAtDoubt), consumerCount: count)
    return missed.and(ownDoubt)
  }

  /// Whether the batch must not be written: there is no time to read it again.
  func isBatchDoubtful(_ consumer: Consumer) -> Bool {
    guard let doubt = doubt(consumer) else { return false }
    return assignment.states.contains { $0.span >= 0 && doubt.covers($0.topicPartition) }
  }

  /// Reads on where the batch began, or where it stands if it has nothing of the partitions in
  /// doubt, once the records before that are found again.
  func proveAgain(because doubt: Doubt, _ consumer: Consumer) {
    provenAtDoubt = doubt.consumerCount
    ownDoubt = nil
    let isBatchConcerned = assignment.states.contains {
      $0.span >= 0 && doubt.covers($0.topicPartition)
    }
    let concerned = assignment.states.filter {
      !$0.isHalted && (doubt.covers($0.topicPartition) || isBatchConcerned && $0.span >= 0)
    }.map(\.topicPartition)
    // Of a halted partition nothing is read again, but what the batch has of it is not written.
    guard isBatchConcerned || !concerned.isEmpty else { return }
    Log.info(
      "positions are proven again",
      [
        "why": LogValue(doubt.why), "partitions": LogValue(concerned.count),
        "dropped": LogValue(isBatchConcerned ? batch?.entries.count ?? 0 : 0),
      ])
    assignment.rewind(concerned, in: batch)
    if isBatchConcerned, let batch { drop(batch) }
    overrun.subtract(concerned)
    fetch(assignment.states.filter { concerned.contains($0.topicPartition) }, consumer)
  }

  /// Partitions that bring nothing are proven at intervals.
  func proveIdle(_ consumer: Consumer) {
    let now = ContinuousClock.now
    guard idleLookAt.duration(to: now) > .seconds(1) else { return }
    idleLookAt = now
    var idle: [PartitionState] = []
    for index in assignment.states.indices where assignment[index].span < 0 {
      if assignment[index].seemsShort(at: now) {
        restart =
          "the log of \(assignment[index].topicPartition) ends before the record that was read last"
      }
      guard assignment[index].isDue(at: now) else { continue }
      _ = hasShrunk(index, consumer)
      assignment[index].prove()
      if assignment[index].pendingAnchor != nil { idle.append(assignment[index]) }
    }
    fetch(idle, consumer)
  }

  /// Whether the log begins or ends before where it did.
  ///
  /// Without a record to compare, only a claim can judge a log that begins earlier.
  private func hasShrunk(_ index: Int, _ consumer: Consumer) -> Bool {
    let topicPartition = assignment[index].topicPartition
    guard let mark = consumer.lastWatermarks(topicPartition) else { return false }
    let before = assignment[index].low
    guard assignment[index].note(low: mark.low, high: mark.high) else { return false }
    if mark.low < before, assignment[index].anchor == nil {
      restart = "the log of \(topicPartition) begins at \(mark.low), it began at \(before)"
    }
    return true
  }

  private func fetch(_ states: [PartitionState], _ consumer: Consumer) {
    do throws(KafkaError) {
      try consumer.seek(
        states.map { PartitionOffset($0.topicPartition, offset: $0.fetchOffset) },
        timeoutMilliseconds: Self.seekMilliseconds)
    } catch {
      restart = "\(error)"
    }
  }
}

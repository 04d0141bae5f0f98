// SPDX-License-Identifier: Apache-2.0
import Kafka
import Telemetry

/// A record that cannot be judged yet is not refused: its partition waits, and the others go on.
extension Session {
  func awaitSchema(_ id: UInt32, _ index: Int, _ consumer: Consumer) {
    let topicPartition = assignment[index].topicPartition
    Log.info(
      "a partition waits for a schema",
      [
        "topic": LogValue(topicPartition.topic), "partition": LogValue(topicPartition.partition),
        "schema_id": LogValue(String(id)),
      ])
    wait(for: .schema(id), index, consumer)
  }

  /// The record is too new by one of two clocks only.
  func awaitClocks(_ index: Int, _ consumer: Consumer) {
    let topicPartition = assignment[index].topicPartition
    Log.warn(
      "a partition waits until the clocks of this host and of the database agree",
      [
        "topic": LogValue(topicPartition.topic), "partition": LogValue(topicPartition.partition),
        "offset": LogValue(String(assignment[index].expected)),
      ])
    wait(for: .clocks(until: .now + Self.clocksLookAgain), index, consumer)
  }

  private func wait(for wait: PartitionState.Wait, _ index: Int, _ consumer: Consumer) {
    assignment[index].wait = wait
    do throws(KafkaError) {
      try consumer.pause([assignment[index].topicPartition])
    } catch {
      restart = "\(error)"
    }
    // The proof that ends the pause would drop what the batch has of the partition.
    handOver(consumer)
  }

  /// Reads on where the schema is known by now, or known not to exist, and where clocks agree.
  func resumeWaiting(_ consumer: Consumer) {
    var ready: Set<TopicPartition> = []
    for index in assignment.states.indices {
      guard let wait = assignment[index].wait, isOver(wait) else { continue }
      assignment[index].wait = nil
      ready.insert(assignment[index].topicPartition)
    }
    guard !ready.isEmpty else { return }
    do throws(KafkaError) {
      try consumer.resume(Array(ready))
    } catch {
      restart = "\(error)"
    }
    // While nothing was asked for, no answer could tell of a topic that was gone. The proof also
    // fetches the record again that had to wait.
    let doubt = Doubt(why: "nothing was fetched while a record waited", topicPartitions: ready)
    ownDoubt = doubt.and(ownDoubt)
  }

  private func isOver(_ wait: PartitionState.Wait) -> Bool {
    switch wait {
    case .schema(let id): return !filler.isAwaited(schema: id)
    case .clocks(let until):
      filler.readClock()
      return !filler.areClocksInDoubt || ContinuousClock.now >= until
    }
  }

  private static let clocksLookAgain = Duration.seconds(IngestLimits.idleProofSeconds)
}

// SPDX-License-Identifier: Apache-2.0
import Kafka
import Telemetry

/// Records whose schema is not known yet are not refused: their partition waits, and the others go
/// on.
extension Session {
  func awaitSchema(_ id: UInt32, _ index: Int, _ consumer: Consumer) {
    let topicPartition = assignment[index].topicPartition
    Log.info(
      "a partition waits for a schema",
      [
        "topic": LogValue(topicPartition.topic), "partition": LogValue(topicPartition.partition),
        "schema_id": LogValue(String(id)),
      ])
    assignment[index].awaitedSchema = id
    do throws(KafkaError) {
      try consumer.pause([topicPartition])
    } catch {
      restart = "\(error)"
    }
    // The proof that ends the pause would drop what the batch has of the partition.
    handOver(consumer)
  }

  /// Reads on where the schema is known by now, or known not to exist.
  func resumeWithSchemas(_ consumer: Consumer) {
    var ready: Set<TopicPartition> = []
    for index in assignment.states.indices {
      guard let id = assignment[index].awaitedSchema, !filler.isAwaited(schema: id) else {
        continue
      }
      assignment[index].awaitedSchema = nil
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
    let others = ownDoubt.map(\.topicPartitions) ?? []
    ownDoubt = Doubt(
      why: "nothing was fetched while a schema was awaited",
      topicPartitions: others.map { $0.union(ready) })
  }
}

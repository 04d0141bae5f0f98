// SPDX-License-Identifier: Apache-2.0
import Kafka
import Ledger
import Sysexits

/// What the brokers are asked before somebody decides. Those of another cluster have no say: their
/// topic of that name has other offsets, and with them records would be skipped.
extension OffsetsCommand {
  /// Where the log of a position begins and ends.
  static func watermarks(
    _ position: PartitionPosition, _ context: CommandContext
  ) throws(CommandError) -> (low: Int64, high: Int64) {
    let reader = try brokers(context)
    _ = try partitionCount(of: position, reader, otherwise: "give an offset as a number")
    do throws(KafkaError) {
      return try reader.watermarks(topic: position.topic, partition: position.partition)
    } catch {
      throw CommandError(error)
    }
  }

  /// Whether the topic of a position still has its partition.
  static func isThere(
    _ position: PartitionPosition, _ context: CommandContext
  ) throws(CommandError) -> Bool {
    let count = try partitionCount(
      of: position, brokers(context), otherwise: "\(clusterGone.flag) if it has none any more")
    return position.partition < count ?? 0
  }

  private static func brokers(_ context: CommandContext) throws(CommandError) -> WatermarkReader {
    let settings = try context.kafkaConsumer()
    do throws(KafkaError) {
      return try WatermarkReader(settings)
    } catch {
      throw CommandError(error)
    }
  }

  /// How many partitions the topic has; nil where there is none.
  private static func partitionCount(
    of position: PartitionPosition, _ reader: WatermarkReader, otherwise: String
  ) throws(CommandError) -> Int? {
    let count: Int?
    do throws(KafkaError) {
      count = try reader.partitionCount(topic: position.topic)
    } catch {
      throw CommandError(error)
    }
    guard let cluster = reader.clusterID else {
      throw CommandError(.unavailable, "kafka: the brokers do not tell the cluster's id")
    }
    guard cluster == position.clusterID else {
      throw CommandError(
        .configuration,
        "these brokers are cluster \(cluster), not \(position.clusterID): set the brokers of that one "
          + "(kafka_brokers), or \(otherwise)")
    }
    return count
  }
}

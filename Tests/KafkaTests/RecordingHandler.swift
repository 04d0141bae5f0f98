// SPDX-License-Identifier: Apache-2.0
import Kafka

/// Answers every assignment with the same offsets and writes down what it was asked.
final class RecordingHandler: RebalanceHandler {
  /// `assign 0,1`, `revoke 0,1`, `lost 0,1`, in their order.
  private(set) var dialogue: [String] = []
  /// Where to begin, by partition; 0 where nothing is said.
  var offsets: [Int32: Int64] = [:]
  /// Partitions that are not to be fetched.
  var heldBack: Set<Int32> = []
  /// Thrown by the next assignments.
  var failure: (any Error)?

  func assign(_ added: [TopicPartition], consumer: Consumer) throws -> [PartitionOffset] {
    dialogue.append("assign \(Self.list(added))")
    if let failure { throw failure }
    return added.filter { !heldBack.contains($0.partition) }.map {
      PartitionOffset($0, offset: offsets[$0.partition] ?? 0)
    }
  }

  func revoke(_ removed: [TopicPartition], lost: Bool, consumer: Consumer) {
    dialogue.append("\(lost ? "lost" : "revoke") \(Self.list(removed))")
  }

  private static func list(_ partitions: [TopicPartition]) -> String {
    partitions.map { String($0.partition) }.joined(separator: ",")
  }
}

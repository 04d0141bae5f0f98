// SPDX-License-Identifier: Apache-2.0

/// Decides what is fetched, and from where.
///
/// Called on the polling thread inside `poll` and `close`.
///
/// The group waits for the answer, at most `max.poll.interval.ms`. The handler may ask the consumer
/// for watermarks and the cluster, but must not poll, subscribe, pause, seek or close.
package protocol RebalanceHandler: AnyObject {
  /// These partitions are ours now.
  ///
  /// Returns where to begin, with an absolute offset each; one that is left out is not fetched, but
  /// stays ours in the group. An error ends the consumer.
  func assign(_ added: [TopicPartition], consumer: Consumer) throws -> [PartitionOffset]

  /// These partitions are no longer ours, also those that were left out.
  ///
  /// `lost`: they may have another owner already, so nothing must be written for them.
  func revoke(_ removed: [TopicPartition], lost: Bool, consumer: Consumer)
}

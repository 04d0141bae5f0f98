// SPDX-License-Identifier: Apache-2.0

/// What one poll brought.
package enum Polled: ~Copyable {
  /// Nothing within the time.
  case idle
  case message(Message)
  /// Everything before this offset has been delivered; comes again after each later arrival.
  case endOfPartition(TopicPartition, Int64)
  /// The partition (-1: the whole topic) needs a decision; the offset is negative when unknown.
  ///
  /// What librdkafka does meanwhile is in `error.scope`.
  case partitionError(TopicPartition, Int64, KafkaError)
  /// Not about a partition; `error.scope` says whether it means anything.
  case clientError(KafkaError)
  /// The consumer is unusable, every later poll says so again: close it and end the process.
  case fatal(KafkaError)
}

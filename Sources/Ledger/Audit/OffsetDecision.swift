// SPDX-License-Identifier: Apache-2.0

/// What an operator decides about a Kafka partition.
package struct OffsetDecision: Sendable, Equatable {
  package enum Action: String, Sendable {
    /// Go on where the partition stands, although it was halted.
    case resume
    /// Go on at another offset: what lies between is skipped, or read again.
    case set
    /// The topic has the partition no more: its position is removed.
    case forget
  }

  package let clusterID: String
  package let topic: String
  package let partition: Int64
  package let action: Action
  /// The position that the operator saw: the decision fails if it has moved since.
  package let oldOffset: Int64
  package let newOffset: Int64
  /// Before this offset the share of refused records does not halt the partition again.
  package let acceptsRejectsUntil: Int64?
  /// Why, in words; kept in the journal.
  package let reason: String

  package init(
    position: PartitionPosition, action: Action, newOffset: Int64,
    acceptsRejectsUntil: Int64? = nil,
    reason: String
  ) {
    clusterID = position.clusterID
    topic = position.topic
    partition = position.partition
    self.action = action
    oldOffset = position.nextOffset
    self.newOffset = newOffset
    self.acceptsRejectsUntil = acceptsRejectsUntil
    self.reason = reason
  }
}

// SPDX-License-Identifier: Apache-2.0

/// What an error is about: the one place where codes are classified.
package enum ErrorScope: Equatable, Sendable {
  /// The client instance is unusable: end the process.
  case fatal
  /// A connection came or went; librdkafka keeps trying.
  ///
  /// Worth a metric, never a decision.
  case informational
  /// This member was or will be put out of the group: expect a revocation with `lost` set.
  case membership
  /// One partition or topic; see the effect on what is fetched from it.
  case partition(PartitionEffect)
  /// A broker's answer cannot be received: nothing comes from the partitions that it leads.
  case unreceivable
  /// Anything else: the group, the login, the settings.
  ///
  /// Nothing is consumed until it is put right.
  case client
}

extension KafkaError {
  package var scope: ErrorScope {
    if isFatal { return .fatal }
    return unreceivable == nil ? code.scope : .unreceivable
  }
}

extension KafkaError.Code {
  package var scope: ErrorScope {
    switch self {
    case .fatal: .fatal
    case .allBrokersDown, .transport, .timedOut, .resolve, .waitCoordinator, .notLeader,
      .leaderNotAvailable, .coordinatorNotAvailable, .coordinatorLoading, .notCoordinator,
      .requestTimedOut, .networkException:
      .informational
    case .maxPollExceeded, .unknownMemberID, .illegalGeneration, .rebalanceInProgress:
      .membership
    case .autoOffsetReset, .offsetOutOfRange, .logTruncation, .unknownPartition, .unknownTopic:
      .partition(.stops)
    case .badMessage, .notImplemented:
      .partition(.skips)
    case .badCompression, .messageSizeTooLarge, .topicAuthorizationFailed,
      .unknownTopicOrPartition:
      .partition(.retries)
    default: .client
    }
  }

  /// Whether the same request may succeed a little later, without anybody's help.
  var isTransient: Bool {
    switch scope {
    case .informational: self != .resolve
    default: self == .queueFull || self == .rebalanceInProgress
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

extension KafkaError {
  /// The sysexits(3) code for a command that ends because of this error.
  package var exitCode: Int32 {
    if unreceivable != nil { return 69 }
    return switch code {
    case .authentication, .saslAuthenticationFailed, .topicAuthorizationFailed,
      .groupAuthorizationFailed, .clusterAuthorizationFailed:
      77
    case .invalidArgument, .invalidTopic, .unknownTopic, .unknownTopicOrPartition, .ssl,
      .inconsistentGroupProtocol, .invalidGroupID, .invalidSessionTimeout, .fencedInstanceID:
      78
    case .transport, .allBrokersDown, .timedOut, .resolve, .queueFull: 69
    default: isRetriable ? 75 : 70
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package import Sysexits

extension KafkaError {
  /// The sysexits(3) code for a command that ends because of this error.
  package var exitCode: ExitCode {
    if unreceivable != nil { return .unavailable }
    return switch code {
    case .authentication, .saslAuthenticationFailed, .topicAuthorizationFailed,
      .groupAuthorizationFailed, .clusterAuthorizationFailed:
      .noPermission
    case .invalidArgument, .invalidTopic, .unknownTopic, .unknownTopicOrPartition, .ssl,
      .inconsistentGroupProtocol, .invalidGroupID, .invalidSessionTimeout, .fencedInstanceID:
      .configuration
    case .transport, .allBrokersDown, .timedOut, .resolve, .queueFull: .unavailable
    default: isRetriable ? .temporary : .software
    }
  }
}

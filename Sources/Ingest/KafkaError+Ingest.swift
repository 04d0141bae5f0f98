// SPDX-License-Identifier: Apache-2.0
import Kafka

extension KafkaError {
  /// The topic, or the partition, is gone; it may come back as another one.
  var isAboutMissingTopic: Bool {
    [.unknownTopicOrPartition, .unknownTopic, .unknownPartition].contains(code)
  }

  /// The sysexits(3) code for a command that cannot begin because of this error.
  var exitCode: Int32 {
    switch code {
    case .authentication, .saslAuthenticationFailed, .topicAuthorizationFailed,
      .groupAuthorizationFailed, .clusterAuthorizationFailed:
      ExitCode.noPermission
    case .transport, .allBrokersDown, .timedOut, .resolve: ExitCode.unavailable
    default: ExitCode.configuration
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

extension KafkaError {
  /// What the operator can do; empty where nothing but waiting helps.
  package var remedy: String {
    if let unreceivable { return unreceivable.remedy }
    return switch code {
    case .unknownTopicOrPartition, .unknownTopic:
      "create the topic, or correct its name in the settings"
    case .invalidTopic:
      "correct the topic's name: letters, digits, dot, underscore and hyphen, at most 249"
    case .invalidArgument:
      "correct the setting; librdkafka's CONFIGURATION.md lists the properties and their values"
    case .topicAuthorizationFailed:
      "grant this login READ and DESCRIBE on the topic"
    case .groupAuthorizationFailed:
      "grant this login READ on the consumer group"
    case .inconsistentGroupProtocol:
      "set the same partition.assignment.strategy as the other members, or another consumer group"
    case .invalidGroupID:
      "correct the name of the consumer group"
    case .invalidSessionTimeout:
      "set session.timeout.ms within group.min and group.max.session.timeout.ms of the brokers"
    case .fencedInstanceID:
      "another member has joined with the same group.instance.id: give each process its own, and end "
        + "a process before its successor starts"
    case .clusterAuthorizationFailed:
      "grant this login the operation on the cluster"
    case .authentication, .saslAuthenticationFailed:
      "check sasl.mechanisms, sasl.username and the password; SCRAM with Kafka 4 needs librdkafka 2.6.1"
    case .ssl:
      "check ssl.ca.location, the broker's certificate and host name, and that the port speaks TLS"
    case .resolve:
      "check the host names in the broker list"
    case .transport, .allBrokersDown, .timedOut:
      "check that the brokers run, the broker list, the firewall and security.protocol"
    case .autoOffsetReset, .offsetOutOfRange, .logTruncation:
      "the log no longer holds this offset: decide with the offsets command"
    case .badMessage:
      "the batch is corrupt: read it again, and check the disks of the broker if it stays so"
    case .badCompression:
      "the batch cannot be decompressed: have the producer send it again, then skip the offset"
    case .notImplemented:
      "the record batch has an unknown format: check the version of librdkafka"
    case .messageSizeTooLarge:
      "raise message.max.bytes and receive.message.max.bytes above the size of the record"
    case .maxPollExceeded:
      "raise max.poll.interval.ms if the database is slow for that long"
    case .queueFull:
      "send more slowly, or raise queue.buffering.max.messages"
    case .topicAlreadyExists:
      "use the topic that exists, or another name"
    default:
      isFatal ? "restart the process" : ""
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
import Kafka

extension KafkaError {
  /// The group will never take this member as it is set up: librdkafka would ask again for ever.
  var isAboutMembershipSettings: Bool {
    [.invalidSessionTimeout, .inconsistentGroupProtocol, .invalidGroupID].contains(code)
  }

  /// The topic, or the partition, is gone; it may come back as another one.
  var isAboutMissingTopic: Bool {
    [.unknownTopicOrPartition, .unknownTopic, .unknownPartition].contains(code)
  }
}

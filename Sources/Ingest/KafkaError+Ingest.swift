// SPDX-License-Identifier: Apache-2.0
import Kafka

extension KafkaError {
  /// The topic, or the partition, is gone; it may come back as another one.
  var isAboutMissingTopic: Bool {
    [.unknownTopicOrPartition, .unknownTopic, .unknownPartition].contains(code)
  }
}

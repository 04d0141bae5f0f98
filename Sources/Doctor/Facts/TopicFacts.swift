// SPDX-License-Identifier: Apache-2.0
package import Kafka

/// A topic that is read, as the brokers describe it.
package struct TopicFacts: Sendable {
  let name: String
  /// Missing offsets are expected, and counted (`gaps_allowed`).
  let areGapsAllowed: Bool
  /// Nil when there is no such topic.
  let description: TopicDescription?
  let workerCount: Int

  package init(
    name: String, areGapsAllowed: Bool, description: TopicDescription?, workerCount: Int
  ) {
    self.name = name
    self.areGapsAllowed = areGapsAllowed
    self.description = description
    self.workerCount = workerCount
  }

  func integer(_ key: String) -> Int? { description?.config[key].flatMap { Int($0) } }

  func change(_ key: String, to value: String) -> String {
    "kafka-configs.sh --alter --entity-type topics --entity-name \(name) --add-config \(key)=\(value)"
  }
}

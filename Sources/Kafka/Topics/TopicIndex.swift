// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// Finds the position of a message's topic in the subscription without making a String.
///
/// librdkafka's topic pointer stays the same while a partition of the topic is assigned, so it is
/// remembered until the next assignment change.
struct TopicIndex {
  let names: [String]
  private var known: [(topic: OpaquePointer, index: Int)] = []

  init(_ names: [String]) { self.names = names }

  mutating func forget() { known.removeAll(keepingCapacity: true) }

  /// Nil for a topic that is not in the subscription.
  mutating func index(of topic: OpaquePointer) -> Int? {
    for entry in known where entry.topic == topic { return entry.index }
    guard let index = names.firstIndex(of: name(of: topic)) else { return nil }
    known.append((topic, index))
    return index
  }

  /// For events, whose topic pointer may be gone with them and must not be remembered.
  func name(of topic: OpaquePointer) -> String { String(cString: rd_kafka_topic_name(topic)) }
}

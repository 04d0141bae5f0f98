// SPDX-License-Identifier: Apache-2.0

/// Finds the position of a message's topic in the subscription without making a String.
///
/// The address of librdkafka's topic stays the same while a partition of the topic is assigned, so
/// it is remembered until the next assignment change.
struct TopicIndex {
  let names: [String]
  private var known: [(address: UInt, index: Int)] = []

  init(_ names: [String]) { self.names = names }

  mutating func forget() { known.removeAll(keepingCapacity: true) }

  /// Nil for a topic that is not in the subscription, and without one.
  mutating func index(of message: borrowing MessageHandle) -> Int? {
    guard let address = message.topicAddress else { return nil }
    for entry in known where entry.address == address { return entry.index }
    guard let index = names.firstIndex(of: message.topicName) else { return nil }
    known.append((address, index))
    return index
  }
}

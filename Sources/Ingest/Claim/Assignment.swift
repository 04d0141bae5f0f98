// SPDX-License-Identifier: Apache-2.0
import Kafka

/// The partitions that a worker has claimed, found by topic index and partition without hashing.
struct Assignment {
  private(set) var states: [PartitionState] = []
  /// By topic index, then partition: index into `states` plus 1, or 0.
  private var lookup: [[Int32]] = []

  /// The index of a partition's state; nil when it is not ours.
  func index(topic: Int, partition: Int32) -> Int? {
    guard lookup.indices.contains(topic), partition >= 0,
      Int(partition) < lookup[topic].count, lookup[topic][Int(partition)] > 0
    else { return nil }
    return Int(lookup[topic][Int(partition)]) - 1
  }

  subscript(index: Int) -> PartitionState {
    _read { yield states[index] }
    _modify { yield &states[index] }
  }

  func index(of topicPartition: TopicPartition) -> Int? {
    states.firstIndex { $0.topicPartition == topicPartition }
  }

  func hasPartition(of topic: String) -> Bool {
    states.contains { $0.topicPartition.topic == topic }
  }

  /// Everything that is fetched.
  var running: [TopicPartition] {
    states.filter { !$0.isHalted && $0.wait == nil }.map(\.topicPartition)
  }

  var topicPartitions: Set<TopicPartition> { Set(states.map(\.topicPartition)) }

  var isEmpty: Bool { states.isEmpty }

  mutating func add(_ added: [PartitionState]) {
    states.removeAll { state in added.contains { $0.topicPartition == state.topicPartition } }
    states += added
    rebuild()
  }

  mutating func remove(_ removed: [TopicPartition]) {
    states.removeAll { removed.contains($0.topicPartition) }
    rebuild()
  }

  /// A new batch has no spans yet.
  mutating func forgetSpans() {
    for index in states.indices { states[index].span = -1 }
  }

  /// Back to where the batch began, with the record before it to be found first.
  mutating func rewind(_ topicPartitions: [TopicPartition], in batch: Batch?) {
    for topicPartition in topicPartitions {
      guard let index = index(of: topicPartition) else { continue }
      let span = states[index].span
      if span >= 0, let batch { states[index].rewind(to: batch.spans[span].from) }
      states[index].span = -1
      states[index].prove()
    }
  }

  private mutating func rebuild() {
    lookup = []
    for (index, state) in states.enumerated() {
      while lookup.count <= state.source { lookup.append([]) }
      let missing = Int(state.topicPartition.partition) + 1 - lookup[state.source].count
      if missing > 0 { lookup[state.source] += Array(repeating: 0, count: missing) }
      lookup[state.source][Int(state.topicPartition.partition)] = Int32(index + 1)
    }
  }
}

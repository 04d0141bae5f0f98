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

  func index(of place: TopicPartition) -> Int? {
    states.firstIndex { $0.place == place }
  }

  /// Everything that is fetched.
  var running: [TopicPartition] { states.filter { !$0.isHalted }.map(\.place) }

  var places: Set<TopicPartition> { Set(states.map(\.place)) }

  var isEmpty: Bool { states.isEmpty }

  mutating func add(_ added: [PartitionState]) {
    states.removeAll { state in added.contains { $0.place == state.place } }
    states += added
    rebuild()
  }

  mutating func remove(_ removed: [TopicPartition]) {
    states.removeAll { removed.contains($0.place) }
    rebuild()
  }

  /// A new batch has no spans yet.
  mutating func forgetSpans() {
    for index in states.indices { states[index].span = -1 }
  }

  /// Back to where the batch began, with the record before it to be found first.
  mutating func rewind(_ places: [TopicPartition], in batch: Batch?) {
    for place in places {
      guard let index = index(of: place) else { continue }
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
      let missing = Int(state.place.partition) + 1 - lookup[state.source].count
      if missing > 0 { lookup[state.source] += Array(repeating: 0, count: missing) }
      lookup[state.source][Int(state.place.partition)] = Int32(index + 1)
    }
  }
}

// SPDX-License-Identifier: Apache-2.0

/// How many items of a batch were skipped, by topic and rule.
///
/// Counted by numbers while the batch is filled, with storage that is kept; given names once, when
/// it is sealed.
struct SkippedItems {
  struct Named {
    var topic: String
    var reason: String
    var count: Int
  }

  private var counts: [Int] = []
  private var isEmpty = true
  private(set) var named: [Named] = []

  /// Counts an item; `reasons` is how many rules a source may have.
  mutating func count(_ reason: Int, source: Int, sources: Int, reasons: Int) {
    guard reason >= 0, reason < reasons else { return }
    if counts.isEmpty { counts = Array(repeating: 0, count: sources * reasons) }
    isEmpty = false
    counts[source * reasons + reason] += 1
  }

  /// Looks the names up; `name` gives topic and rule of a number.
  mutating func seal(reasons: Int, _ name: (_ source: Int, _ reason: Int) -> (String, String)) {
    guard !isEmpty else { return }
    for (index, count) in counts.enumerated() where count > 0 {
      let (topic, reason) = name(index / reasons, index % reasons)
      named.append(Named(topic: topic, reason: reason, count: count))
    }
  }

  mutating func removeAll() {
    guard !isEmpty else { return }
    for index in counts.indices { counts[index] = 0 }
    named.removeAll(keepingCapacity: true)
    isEmpty = true
  }
}

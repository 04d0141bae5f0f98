// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// A number that only grows.
///
/// Safe from any thread; meant for once a batch, not once a record.
package final class Counter: Metric {
  package let name: String
  package let labels: [String]
  package let help: String
  package var kind: String { "counter" }
  private let series = Mutex(Series<Double>())

  /// `values` are those of the one label where they are known: their series begin at 0, so that the
  /// first event is an increase.
  init(_ name: String, labels: [String] = [], values: [String] = [], _ help: String) {
    precondition(name.hasSuffix("_total"), "a counter's name ends in _total")
    self.name = name
    self.help = help
    self.labels = labels
    if labels.isEmpty { add(0) }
    for value in values { add(0, [value]) }
  }

  /// Adds `count` (not negative) to the series with these label values, in the order of the
  /// declaration.
  package func add(_ count: Int = 1, _ labelValues: [String] = []) {
    add(seconds: Double(count), labelValues)
  }

  /// The same for time.
  package func add(seconds: Double, _ labelValues: [String]) {
    precondition(
      seconds >= 0 && labelValues.count == labels.count, "\(name): wrong labels or count")
    series.withLock { $0.update(labelValues, initial: 0) { $0 += seconds } }
  }

  package func exposition() -> String { exposition(of: series.withLock { $0.sorted }) }
}

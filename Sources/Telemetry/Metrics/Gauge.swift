// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// A number that goes up and down.
///
/// Safe from any thread.
package final class Gauge: Metric {
  package let name: String
  package let labels: [String]
  package let help: String
  package var kind: String { "gauge" }
  private let series = Mutex(Series<Double>())

  init(_ name: String, labels: [String] = [], _ help: String) {
    self.name = name
    self.help = help
    self.labels = labels
  }

  /// Sets the series with these label values, in the order of the declaration.
  package func set(_ value: Double, _ labelValues: [String] = []) {
    precondition(labelValues.count == labels.count, "\(name): wrong labels")
    series.withLock { $0.update(labelValues, initial: 0) { $0 = value } }
  }

  package func set(_ value: some BinaryInteger, _ labelValues: [String] = []) {
    precondition(labelValues.count == labels.count, "\(name): wrong labels")
    let number = Double(value)
    series.withLock { $0.update(labelValues, initial: 0) { $0 = number } }
  }

  /// Forgets a series: a partition that is no longer ours must not keep its last value.
  package func remove(_ labelValues: [String]) { series.withLock { $0.remove(labelValues) } }

  package func removeAll() { series.withLock { $0.removeAll() } }

  /// Of all series; nil while there is none.
  package var sum: Double? {
    let values = series.withLock { $0.sorted.map(\.1) }
    return values.isEmpty ? nil : values.reduce(0, +)
  }

  package func exposition() -> String { exposition(of: series.withLock { $0.sorted }) }
}

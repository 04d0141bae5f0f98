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

  /// Adds `change`, which may be negative.
  package func add(_ change: Double, _ labelValues: [String] = []) {
    precondition(labelValues.count == labels.count, "\(name): wrong labels")
    series.withLock { $0.update(labelValues, initial: 0) { $0 += change } }
  }

  /// Forgets a series: a partition that is no longer ours must not keep its last value.
  package func remove(_ labelValues: [String]) { series.withLock { $0.remove(labelValues) } }

  /// Forgets every series whose label values satisfy the condition.
  package func remove(where isForgotten: @Sendable ([String]) -> Bool) {
    series.withLock { $0.remove(where: isForgotten) }
  }

  package func removeAll() { series.withLock { $0.removeAll() } }

  /// The present value, or nil while there is none.
  package func value(_ labelValues: [String] = []) -> Double? {
    series.withLock { $0[labelValues] }
  }

  package func exposition() -> String {
    let samples = series.withLock { $0.sorted }
    guard !samples.isEmpty else { return "" }
    return samples.reduce(into: MetricText.header(name, kind, help)) {
      $0 += "\(name)\(MetricText.labels(labels, $1.0)) \(MetricText.number($1.1))\n"
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// A distribution in fixed buckets.
///
/// Safe from any thread.
package final class Histogram: Metric {
  package let name: String
  package let labels: [String]
  package let help: String
  package var kind: String { "histogram" }
  /// Upper bounds, ascending, without +Inf.
  private let bounds: [Double]
  private let series = Mutex(Series<Sample>())

  private struct Sample {
    /// How many observations fell into each bucket (not cumulative); the last is +Inf.
    var counts: [Int64]
    var sum = 0.0
  }

  init(_ name: String, labels: [String] = [], bounds: [Double], _ help: String) {
    precondition(bounds == bounds.sorted(), "\(name): bounds ascend")
    self.name = name
    self.help = help
    self.labels = labels
    self.bounds = bounds
  }

  /// Records `count` observations of `value`.
  package func observe(_ value: Double, count: Int64 = 1, _ labelValues: [String] = []) {
    precondition(labelValues.count == labels.count, "\(name): wrong labels")
    let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
    let empty = Sample(counts: Array(repeating: 0, count: bounds.count + 1))
    series.withLock {
      $0.update(labelValues, initial: empty) { sample in
        sample.counts[bucket] += count
        sample.sum += value * Double(count)
      }
    }
  }

  package func exposition() -> String {
    let samples = series.withLock { $0.sorted }
    guard !samples.isEmpty else { return "" }
    var text = MetricText.header(name, kind, help)
    for (values, sample) in samples {
      var cumulative: Int64 = 0
      for (index, count) in sample.counts.enumerated() {
        cumulative += count
        let bound = index < bounds.count ? MetricText.number(bounds[index]) : "+Inf"
        let labels = MetricText.labels(labels, values, and: ("le", bound))
        text += "\(name)_bucket\(labels) \(cumulative)\n"
      }
      let labels = MetricText.labels(labels, values)
      text += "\(name)_sum\(labels) \(MetricText.number(sample.sum))\n"
      text += "\(name)_count\(labels) \(cumulative)\n"
    }
    return text
  }
}

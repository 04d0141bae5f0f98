// SPDX-License-Identifier: Apache-2.0

/// The samples of one metric, by label values, bounded.
struct Series<Sample> {
  private var samples: [[String]: Sample] = [:]

  /// The sample of these label values, made from `initial` when new; beyond `seriesCountMax` one
  /// sample stands for all.
  mutating func update(
    _ labelValues: [String], initial: @autoclosure () -> Sample, _ change: (inout Sample) -> Void
  ) {
    let isFull = samples.count >= SeriesLimit.seriesCountMax && samples[labelValues] == nil
    let key = isFull ? labelValues.map { _ in "_other" } : labelValues
    var sample = samples[key] ?? initial()
    change(&sample)
    samples[key] = sample
  }

  mutating func remove(_ labelValues: [String]) { samples[labelValues] = nil }

  mutating func removeAll() { samples.removeAll() }

  /// In a stable order.
  var sorted: [([String], Sample)] {
    samples.map { ($0.key, $0.value) }.sorted { $0.0.lexicographicallyPrecedes($1.0) }
  }
}

enum SeriesLimit {
  /// Label values are topics, tables, partitions, reasons: far below this, whatever a producer
  /// sends.
  static let seriesCountMax = 10_000
}

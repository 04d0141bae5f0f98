// SPDX-License-Identifier: Apache-2.0
package import Telemetry

extension Metric {
  /// The number with these label values as it is exposed; nil while there is none.
  package func sample(_ labelValues: [String] = []) -> Double? {
    let pairs = zip(labels, labelValues).map { "\($0)=\"\($1)\"" }
    let series = pairs.isEmpty ? name : "\(name){\(pairs.joined(separator: ","))}"
    let line = exposition().split(separator: "\n").first { $0.hasPrefix(series + " ") }
    return line.flatMap { Double($0.dropFirst(series.count + 1)) }
  }
}

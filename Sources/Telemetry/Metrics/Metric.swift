// SPDX-License-Identifier: Apache-2.0

/// What the exposition needs of a metric: text in Prometheus format 0.0.4.
package protocol Metric: Sendable {
  var name: String { get }
  var labels: [String] { get }
  var help: String { get }
  /// As in `# TYPE`.
  var kind: String { get }
  /// `# HELP`, `# TYPE` and the samples; empty while there is no sample.
  func exposition() -> String
}

extension Metric {
  /// That of a kind with one number a series.
  func exposition(of samples: [([String], Double)]) -> String {
    guard !samples.isEmpty else { return "" }
    return samples.reduce(into: MetricText.header(name, kind, help)) {
      $0 += "\(name)\(MetricText.labels(labels, $1.0)) \(MetricText.number($1.1))\n"
    }
  }
}

/// The parts of the text format that all kinds share.
enum MetricText {
  static func header(_ name: String, _ kind: String, _ help: String) -> String {
    "# HELP \(name) \(escaped(help, quotes: false))\n# TYPE \(name) \(kind)\n"
  }

  /// `{a="x",b="y"}`, or nothing when there are no labels.
  static func labels(
    _ names: [String], _ values: [String], and extra: (String, String)? = nil
  ) -> String {
    var pairs = zip(names, values).map { "\($0)=\"\(escaped($1))\"" }
    if let extra { pairs.append("\(extra.0)=\"\(escaped(extra.1))\"") }
    return pairs.isEmpty ? "" : "{" + pairs.joined(separator: ",") + "}"
  }

  /// Whole numbers without a fraction, as other exporters write them.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
    let integersExactMax = 9_007_199_254_740_992.0  // 2^53
    if value == value.rounded() && abs(value) < integersExactMax { return String(Int64(value)) }
    return String(value)
  }

  /// Hardly a value needs it, and a scrape asks for hundreds.
  private static func escaped(_ value: String, quotes: Bool = true) -> String {
    guard value.utf8.contains(where: { special.contains($0) }) else { return value }
    let escaped = value.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
    return quotes ? escaped.replacing("\"", with: "\\\"") : escaped
  }

  private static let special = [UInt8(ascii: "\\"), UInt8(ascii: "\n"), UInt8(ascii: "\"")]
}

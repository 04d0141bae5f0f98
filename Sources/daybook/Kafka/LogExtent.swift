// SPDX-License-Identifier: Apache-2.0

/// What the brokers say about how far the log of one Kafka partition reaches.
enum LogExtent: Equatable, Sendable {
  /// The first offset that exists, and the one after the last.
  case known(low: Int64, high: Int64)
  /// Why it is not known, as the end of a sentence.
  case unknown(String)
  /// No brokers are set.
  case notAsked

  /// One after the last record.
  var end: Int64? { if case .known(_, let high) = self { high } else { nil } }
  var reason: String? { if case .unknown(let reason) = self { reason } else { nil } }
}

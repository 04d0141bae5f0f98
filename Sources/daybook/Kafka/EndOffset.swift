// SPDX-License-Identifier: Apache-2.0

/// What the brokers say about the end of one Kafka partition.
enum EndOffset: Equatable, Sendable {
  /// One after the last record.
  case known(Int64)
  /// Why it is not known, as the end of a sentence.
  case unknown(String)
  /// No brokers are set.
  case notAsked

  var offset: Int64? { if case .known(let offset) = self { offset } else { nil } }
  var reason: String? { if case .unknown(let reason) = self { reason } else { nil } }
}

// SPDX-License-Identifier: Apache-2.0
import CRdKafka
import Telemetry

/// What the callbacks of one client write into.
///
/// They run inside the poll of the owning thread.
class ClientContext {
  /// Client-level errors that nobody has taken yet, oldest first.
  private(set) var errors: [KafkaError] = []

  /// Keeps an error for the next poll; beyond the limit the log has to do.
  func report(_ error: KafkaError) {
    guard errors.count < Self.errorsMax else {
      Log.warn("kafka error dropped, too many are waiting", ["code": LogValue(error.name)])
      return
    }
    errors.append(error)
  }

  func takeError() -> KafkaError? { errors.isEmpty ? nil : errors.removeFirst() }

  func takeErrors() -> [KafkaError] {
    defer { errors.removeAll() }
    return errors
  }

  private static let errorsMax = 64
}

// SPDX-License-Identifier: Apache-2.0
import CRdKafka
import Telemetry

/// What the callbacks of one client write into.
///
/// They run inside the poll of the owning thread.
class ClientContext {
  /// Client-level errors that nobody has taken yet, oldest first.
  private(set) var errors: [KafkaError] = []
  /// The lowest importance of a line that goes to the log, as in syslog.
  let logLevelMax: Int32
  /// What happened after which a log may be another one. Any thread.
  let doubts = DoubtCounter()

  init(logLevelMax: Int32 = logLevelDefault) { self.logLevelMax = logLevelMax }

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

/// librdkafka's own: up to information.
let logLevelDefault: Int32 = 6

// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The Apache Kafka that the test runner started.
enum RealBroker {
  /// `host:port`, or nil when there is none.
  static let address = ProcessInfo.processInfo.environment["DAYBOOK_TEST_KAFKA_BROKERS"]
}

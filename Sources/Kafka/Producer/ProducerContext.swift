// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// Counts what became of the records of a producer.
///
/// One thread.
final class ProducerContext: ClientContext {
  private(set) var deliveredCount = 0
  private(set) var failedCount = 0
  private(set) var lastFailure: KafkaError?

  func delivered(_ result: rd_kafka_resp_err_t) {
    guard result != RD_KAFKA_RESP_ERR_NO_ERROR else {
      deliveredCount += 1
      return
    }
    failedCount += 1
    lastFailure = KafkaError(result, "record not delivered: \(KafkaError.text(of: result))")
  }
}

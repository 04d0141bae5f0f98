// SPDX-License-Identifier: Apache-2.0
import CRdKafka
import Telemetry

// The functions that librdkafka calls. The opaque pointer is the client's context, unretained: the
// handle owns it and outlives every call. Nothing is locked while they run.

/// Any thread of librdkafka, also while the client is being created.
///
/// A consumer hears of an answer that cannot be received through `receiveError` too, so that the line
/// here is for those who look for details.
func forwardLog(
  _ client: OpaquePointer?, _ level: Int32, _ facility: UnsafePointer<CChar>?,
  _ text: UnsafePointer<CChar>?
) {
  let context = client.flatMap { rd_kafka_opaque($0) }.map {
    Unmanaged<ClientContext>.fromOpaque($0).takeUnretainedValue()
  }
  if let facility, isAboutLeader(facility, text) {
    context?.doubts.add(about: text.flatMap { partition(in: $0) })
  }
  guard level <= context?.logLevelMax ?? logLevelDefault else { return }
  let text = text.map { String(cString: $0) } ?? ""
  let fields: KeyValuePairs<String, LogValue> = [
    "facility": LogValue(facility.map { String(cString: $0) } ?? ""),
    "text": LogValue(Redaction.redact(text)),
  ]
  let isReported =
    client.map { rd_kafka_type($0) == RD_KAFKA_CONSUMER } ?? false
    && UnreceivableAnswer(text) != nil
  switch isReported ? debugLevel : level {
  case ...3: Log.error("librdkafka", fields)
  case 4: Log.warn("librdkafka", fields)
  case 5, 6: Log.info("librdkafka", fields)
  default: Log.debug("librdkafka", fields)
  }
}

/// syslog's LOG_DEBUG.
private let debugLevel: Int32 = 7

/// The polling thread.
func receiveError(
  _ client: OpaquePointer?, _ code: Int32, _ reason: UnsafePointer<CChar>?,
  _ opaque: UnsafeMutableRawPointer?
) {
  guard let opaque else { return }
  let context = Unmanaged<ClientContext>.fromOpaque(opaque).takeUnretainedValue()
  if KafkaError.Code(rawValue: code) == .fatal, let client {
    context.report(fatalError(of: client))
  } else {
    let text = reason.map { String(cString: $0) } ?? "no reason given"
    context.report(KafkaError(reported: KafkaError.Code(rawValue: code), Redaction.redact(text)))
  }
}

/// The polling thread, inside `rd_kafka_consumer_poll`.
///
/// The group stands still until exactly one assignment change has been made, here.
func receiveRebalance(
  _ client: OpaquePointer?, _ event: rd_kafka_resp_err_t,
  _ partitions: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?,
  _ opaque: UnsafeMutableRawPointer?
) {
  guard let client, let opaque else { return }
  let context = Unmanaged<ConsumerContext>.fromOpaque(opaque).takeUnretainedValue()
  context.rebalance(client, event, partitions.map { PartitionList.topicPartitions(of: $0) } ?? [])
}

/// The polling thread, inside `rd_kafka_poll` or `rd_kafka_flush`.
func receiveDelivery(
  _ client: OpaquePointer?, _ message: UnsafePointer<rd_kafka_message_t>?,
  _ opaque: UnsafeMutableRawPointer?
) {
  guard let message, let opaque else { return }
  let context = Unmanaged<ProducerContext>.fromOpaque(opaque).takeUnretainedValue()
  context.delivered(message.pointee.err)
}

/// The error behind `_FATAL`.
func fatalError(of client: OpaquePointer) -> KafkaError {
  var text = [CChar](repeating: 0, count: errorTextBytesMax)
  let code = rd_kafka_fatal_error(client, &text, text.count)
  let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
  return KafkaError(
    KafkaError.Code(code), String(decoding: bytes, as: UTF8.self), isFatal: true,
    isRetriable: false)
}

// SPDX-License-Identifier: Apache-2.0
import CRdKafka
import Telemetry

// The functions that librdkafka calls. The opaque pointer is the client's context, unretained: the
// handle owns it and outlives every call. Nothing is locked while they run.

/// Any thread of librdkafka, also while the client is being created.
///
/// A consumer hears of an answer that cannot be received through `receiveError` too, so that the
/// line here is for those who look for details.
func forwardLog(
  _ client: OpaquePointer?, _ level: Int32, _ facility: UnsafePointer<CChar>?,
  _ text: UnsafePointer<CChar>?
) {
  let context = unsafe context(client.flatMap { unsafe rd_kafka_opaque($0) })
  if let facility = unsafe facility, unsafe isAboutLeader(facility, text) {
    unsafe context?.doubts.add(about: text.flatMap { unsafe partition(in: $0) })
  }
  guard level <= context?.logLevelMax ?? logLevelDefault else { return }
  let text = unsafe text.map { unsafe String(cString: $0) } ?? ""
  let fields: KeyValuePairs<String, LogValue> = unsafe [
    "facility": LogValue(facility.map { unsafe String(cString: $0) } ?? ""),
    "text": LogValue(Redaction.redact(text)),
  ]
  let isReported =
    unsafe client.map { unsafe rd_kafka_type($0) == RD_KAFKA_CONSUMER } ?? false
    && UnreceivableAnswer(text) != nil
  switch isReported ? debugLevel : importance(of: text, level) {
  case ...3: Log.error("librdkafka", fields)
  case 4: Log.warn("librdkafka", fields)
  case 5, 6: Log.info("librdkafka", fields)
  default: Log.debug("librdkafka", fields)
  }
}

/// As in syslog.
///
/// A broker that has just started has no ids for producers yet. It says so once or twice, and is
/// asked again; whoever waits longer than he may hears of that by the error of his records.
func importance(of text: String, _ level: Int32) -> Int32 {
  guard level == warningLevel, text.contains(" PID from broker "),
    text.hasSuffix(": Coordinator load in progress: retrying")
  else { return level }
  return informationLevel
}

/// syslog's LOG_WARNING, LOG_INFO and LOG_DEBUG.
private let warningLevel: Int32 = 4
private let informationLevel: Int32 = 6
private let debugLevel: Int32 = 7

/// The polling thread.
func receiveError(
  _ client: OpaquePointer?, _ code: Int32, _ reason: UnsafePointer<CChar>?,
  _ opaque: UnsafeMutableRawPointer?
) {
  guard let context = unsafe context(opaque) else { return }
  if KafkaError.Code(rawValue: code) == .fatal, let client = unsafe client,
    let error = unsafe LiveClient(client).fatalError
  {
    context.report(error)
  } else {
    let text = unsafe reason.map { unsafe String(cString: $0) } ?? "no reason given"
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
  guard let client = unsafe client, let context = unsafe context(opaque, of: ConsumerContext.self)
  else { return }
  let list =
    unsafe partitions.map { unsafe PartitionList.elements(of: $0).map(\.topicPartition) } ?? []
  unsafe context.rebalance(LiveClient(client), event, list)
}

/// The polling thread, inside `rd_kafka_poll` or `rd_kafka_flush`.
func receiveDelivery(
  _ client: OpaquePointer?, _ message: UnsafePointer<rd_kafka_message_t>?,
  _ opaque: UnsafeMutableRawPointer?
) {
  guard let message = unsafe message, let context = unsafe context(opaque, of: ProducerContext.self)
  else { return }
  unsafe context.delivered(message.pointee.err)
}

/// What a client was given as its opaque pointer: it keeps that alive during every call.
func context<Context: ClientContext>(
  _ opaque: UnsafeMutableRawPointer?, of _: Context.Type = ClientContext.self
) -> Context? {
  unsafe opaque.map { unsafe Unmanaged<Context>.fromOpaque($0).takeUnretainedValue() }
}

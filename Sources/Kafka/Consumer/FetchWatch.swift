// SPDX-License-Identifier: Apache-2.0
import CRdKafka
import Foundation

// librdkafka 2.0.2 keeps from the application what could mean that a log is no longer the one that
// was read: a connection that was made again, a fetch that was answered with "unknown topic" or
// "not the leader", a leader that moved. It reconnects, asks again and goes on at its offset. These
// two hooks see each of them on the thread where it happens, before anything is fetched after it.

/// A consumer's broker threads, after each answer: every connection begins with the question for
/// the versions that the broker speaks.
func countNewConnection(
  _ client: OpaquePointer?, _ socket: Int32, _ broker: UnsafePointer<CChar>?, _ brokerID: Int32,
  _ request: Int16, _ version: Int16, _ correlation: Int32, _ size: Int, _ roundTrip: Int64,
  _ error: rd_kafka_resp_err_t, _ opaque: UnsafeMutableRawPointer?
) -> rd_kafka_resp_err_t {
  // A broker has its number once the cluster has been asked; nothing is fetched from others, nor
  // over the connection to the coordinator.
  if request == apiVersionsRequest, brokerID >= 0, let broker = unsafe broker,
    unsafe strncmp(broker, coordinatorName, strlen(coordinatorName)) != 0
  {
    unsafe context(opaque)?.doubts.add(about: nil)
  }
  return RD_KAFKA_RESP_ERR_NO_ERROR
}

/// Adds the hook above to a client that is being created.
func watchConnections(
  _ client: OpaquePointer?, _ configuration: OpaquePointer?, _ opaque: UnsafeMutableRawPointer?,
  _ text: UnsafeMutablePointer<CChar>?, _ size: Int
) -> rd_kafka_resp_err_t {
  unsafe rd_kafka_interceptor_add_on_response_received(
    client, fetchWatchName, countNewConnection, opaque)
}

/// Whether a line of the log says that a fetch was refused because of its leader or its topic
/// (`BROKERUA`), or that a partition moves to another broker (`BRKMIGR`), and not to its first one.
func isAboutLeader(_ facility: UnsafePointer<CChar>, _ text: UnsafePointer<CChar>?) -> Bool {
  if unsafe strcmp(facility, "BROKERUA") == 0 { return true }
  guard unsafe strcmp(facility, "BRKMIGR") == 0, let text = unsafe text else { return false }
  return unsafe strstr(text, " from (none) to ") == nil
}

/// The first "TOPIC [PARTITION]" of a line; nil, which stands for every partition, without one.
func partition(in text: UnsafePointer<CChar>) -> TopicPartition? {
  let words = unsafe String(cString: text).split(separator: " ")
  for (name, number) in zip(words, words.dropFirst())
  where number.hasPrefix("[") && number.dropLast(number.hasSuffix(":") ? 1 : 0).hasSuffix("]") {
    let digits = number.drop { $0 == "[" }.prefix { $0 != "]" }
    if let partition = Int32(digits) {
      return TopicPartition(topic: String(name), partition: partition)
    }
  }
  return nil
}

/// The context of librdkafka's log that holds these lines.
let fetchWatchDebugContext = "topic"
let fetchWatchName = "daybook"
private let coordinatorName = "GroupCoordinator"
private let apiVersionsRequest: Int16 = 18

// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// Sends records, idempotently unless the settings say otherwise.
///
/// For one thread only.
package final class Producer {
  private let client: ClientHandle
  private let context = ProducerContext()

  package init(settings: ClientSettings) throws(KafkaError) {
    let configuration = try Configuration(
      settings, defaults: PropertyRules.producerDefaults + PropertyRules.producerInFlight)
    configuration.setDeliveryCallback()
    client = try configuration.makeClient(RD_KAFKA_PRODUCER, context: context)
  }

  /// Records acknowledged by the brokers, as far as `flush` or `produce` have heard of it.
  package var deliveredCount: Int { context.deliveredCount }
  /// Records given up.
  package var failedCount: Int { context.failedCount }
  /// Why the last of them was given up.
  package var lastFailure: KafkaError? { context.lastFailure }

  /// Queues a copy of one record; waits while the queue is full, up to a minute.
  ///
  /// A nil partition leaves the choice to the key, a nil value is a tombstone, a nil timestamp
  /// (milliseconds since 1970) means now.
  package func produce(
    topic: String, partition: Int32? = nil, key: [UInt8]? = nil, value: [UInt8]?,
    headers: [RecordHeader] = [], timestampMilliseconds: Int64? = nil
  ) throws(KafkaError) {
    client.live.poll(timeoutMilliseconds: 0)
    let end = ContinuousClock.now + Self.queueFullSecondsMax
    while true {
      do throws(KafkaError) {
        return try enqueue(topic, partition, key, value, headers, timestampMilliseconds)
      } catch {
        guard error.code == .queueFull, ContinuousClock.now < end else { throw error }
        client.live.poll(timeoutMilliseconds: Self.queueFullPollMilliseconds)
      }
    }
  }

  /// Waits until every queued record is delivered or given up.
  ///
  /// Throws when the time is over first, or when any record of this producer's life was given up.
  package func flush(timeoutMilliseconds: Int32) throws(KafkaError) {
    try client.live.flush(timeoutMilliseconds: timeoutMilliseconds)
    if let lastFailure { throw lastFailure }
  }

  /// Drops what is still queued and frees the client.
  ///
  /// False: it did not end in time.
  @discardableResult
  package func close(deadline limit: Duration) -> Bool { client.destroy(within: limit) }

  private func enqueue(
    _ topic: String, _ partition: Int32?, _ key: [UInt8]?, _ value: [UInt8]?,
    _ headers: [RecordHeader], _ timestampMilliseconds: Int64?
  ) throws(KafkaError) {
    var list = try HeaderList(headers)
    let error = unsafe topic.withCString { topic in
      unsafe withBytes(key) { key in
        unsafe withBytes(value) { value in
          let fields = unsafe [
            rd_kafka_vu_t(vtype: RD_KAFKA_VTYPE_TOPIC, u: .init(cstr: topic)),
            rd_kafka_vu_t(
              vtype: RD_KAFKA_VTYPE_PARTITION,
              u: .init(i32: partition ?? RD_KAFKA_PARTITION_UA)),
            rd_kafka_vu_t(vtype: RD_KAFKA_VTYPE_MSGFLAGS, u: .init(i: RD_KAFKA_MSG_F_COPY)),
            rd_kafka_vu_t(vtype: RD_KAFKA_VTYPE_KEY, u: .init(mem: Self.memory(key))),
            rd_kafka_vu_t(vtype: RD_KAFKA_VTYPE_VALUE, u: .init(mem: Self.memory(value))),
            rd_kafka_vu_t(
              vtype: RD_KAFKA_VTYPE_TIMESTAMP, u: .init(i64: timestampMilliseconds ?? 0)),
            rd_kafka_vu_t(vtype: RD_KAFKA_VTYPE_HEADERS, u: .init(headers: list.pointer)),
          ]
          return unsafe rd_kafka_produceva(client.live.raw, fields, fields.count)
        }
      }
    }
    try unsafe KafkaError.check(error, doing: "produce to \(topic)")
    list.release()
  }

  private static func memory(
    _ bytes: UnsafeRawBufferPointer?
  ) -> rd_kafka_vu_s.__Unnamed_union_u.__Unnamed_struct_mem {
    unsafe .init(
      ptr: UnsafeMutableRawPointer(mutating: bytes?.baseAddress), size: bytes?.count ?? 0)
  }

  private static let queueFullSecondsMax = Duration.seconds(60)
  private static let queueFullPollMilliseconds: Int32 = 50
}

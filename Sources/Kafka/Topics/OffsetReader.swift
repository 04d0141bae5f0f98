// SPDX-License-Identifier: Apache-2.0
import CRdKafka

/// Asks the brokers where logs begin and end, without a group and without fetching.
///
/// Every call returns within its time. For one thread.
package final class OffsetReader {
  /// Which records count at the end of a log.
  package enum Isolation: String, Sendable {
    /// Those before the first open transaction: what a consumer of ours can get.
    case committed = "read_committed"
    /// All of them, up to the high watermark.
    case uncommitted = "read_uncommitted"
  }

  let client: ClientHandle
  private let context = ClientContext()

  /// Connects in the background: a broker that cannot be reached is no error here.
  package init(_ settings: ClientSettings, isolation: Isolation) throws(KafkaError) {
    var settings = settings
    // A name in the group is no business of a client without one.
    settings.overrides.removeAll { $0.0 == "group.instance.id" }
    // The answers say what is wrong; the log would repeat it every second.
    settings.overrides.insert(("log_level", "2"), at: 0)
    var configuration = try Configuration(settings, defaults: PropertyRules.readerDefaults)
    try configuration.set("isolation.level", isolation.rawValue)
    client = try configuration.makeClient(RD_KAFKA_CONSUMER, context: context)
  }

  /// The leader of each partition of a topic, -1 where there is none at present.
  ///
  /// Any broker may be asked, also one that does not answer: short questions first, because the
  /// next one may go to another; longer ones then, because all may be slow.
  package func leaders(
    of topic: String, timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [Int32: Int32] {
    let start = ContinuousClock.now
    let end = start + .milliseconds(timeoutMilliseconds)
    while true {
      do throws(KafkaError) {
        let isEarly = ContinuousClock.now < start + .milliseconds(timeoutMilliseconds / 2)
        let metadata = try ClusterMetadata(
          client.live, topic: topic,
          timeoutMilliseconds: isEarly ? Self.shortMilliseconds : Self.longMilliseconds)
        return try metadata.existing(topic).leaders
      } catch {
        guard error.scope == .informational, ContinuousClock.now < end else {
          throw cause(of: error)
        }
      }
    }
  }

  /// One end of these partitions, all or none.
  package func offsets(
    _ end: LogEnd, of partitions: some Collection<TopicPartition>, timeoutMilliseconds: Int32
  ) throws(KafkaError) -> [TopicPartition: Int64] {
    do throws(KafkaError) {
      return try end.offsets(
        client.live, of: partitions, timeoutMilliseconds: timeoutMilliseconds)
    } catch {
      throw cause(of: error)
    }
  }

  /// Frees the client; false if it is left behind.
  @discardableResult
  package func close(deadline: Duration) -> Bool { client.destroy(within: deadline) }

  /// What the connection has reported says more than that there was no answer.
  private func cause(of error: KafkaError) -> KafkaError {
    client.live.poll(timeoutMilliseconds: 0)
    let reported = context.takeErrors().last { $0.code != .allBrokersDown }
    return error.scope == .informational ? reported ?? error : error
  }

  private static let shortMilliseconds: Int32 = 250
  private static let longMilliseconds: Int32 = 1_000
}

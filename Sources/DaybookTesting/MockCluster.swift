// SPDX-License-Identifier: Apache-2.0
import CRdKafka
import Sysexits

/// librdkafka's Kafka brokers inside this process, which fail on demand.
///
/// A partition keeps 5 MiB and then loses its oldest records. There is no topic deletion and no
/// administration; an unknown topic is made with 4 partitions by a producer, not by a consumer.
/// `@unchecked Sendable`: librdkafka runs every request on the thread of the cluster, or locks.
@safe package final class MockCluster: @unchecked Sendable {
  /// The Kafka protocol's numbers of requests.
  package enum Request: Int16, Sendable {
    case fetch = 1
    case listOffsets = 2
    case offsetCommit = 8
    case findCoordinator = 10
    case joinGroup = 11
    case heartbeat = 12
    case syncGroup = 14
  }

  /// The error code that stands for a cut connection.
  package static let disconnect: Int32 = RD_KAFKA_RESP_ERR__TRANSPORT.rawValue

  /// The brokers' answer about a topic that is not there.
  package static let unknownTopic: Int32 = RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART.rawValue

  private let client: LibraryClient
  private let cluster: OpaquePointer

  package init(brokers: Int32 = 1) throws(LibraryError) {
    // Its complaints about what a test does to it are no news; 2 is "critical".
    client = try LibraryClient([("log_level", "2")])
    guard let cluster = unsafe rd_kafka_mock_cluster_new(client.raw, brokers) else {
      throw LibraryError("no cluster")
    }
    unsafe self.cluster = cluster
  }

  deinit {
    // Before its client goes.
    unsafe rd_kafka_mock_cluster_destroy(cluster)
  }

  /// The list to connect to.
  package var brokers: String { unsafe String(cString: rd_kafka_mock_cluster_bootstraps(cluster)) }

  package func createTopic(_ name: String, partitions: Int32) throws(LibraryError) {
    try unsafe LibraryError.check(rd_kafka_mock_topic_create(cluster, name, partitions, 1))
  }

  /// The next answers to this request carry these error codes, one each; 0 is success.
  package func pushRequestErrors(_ request: Request, _ codes: [Int32]) {
    var errors = codes.map { rd_kafka_resp_err_t(rawValue: $0) }
    unsafe rd_kafka_mock_push_request_errors_array(cluster, request.rawValue, errors.count, &errors)
  }

  /// Every metadata answer about the topic carries this code; 0 ends it.
  package func setTopicError(_ name: String, _ code: Int32) {
    unsafe rd_kafka_mock_topic_set_error(cluster, name, rd_kafka_resp_err_t(rawValue: code))
  }

  /// Brokers count from 1.
  ///
  /// A broker that is down cuts its connections and refuses new ones.
  package func brokerDown(_ broker: Int32) throws(LibraryError) {
    try unsafe LibraryError.check(rd_kafka_mock_broker_set_down(cluster, broker))
  }

  package func brokerUp(_ broker: Int32) throws(LibraryError) {
    try unsafe LibraryError.check(rd_kafka_mock_broker_set_up(cluster, broker))
  }

  /// Delays every answer of a broker.
  package func setRoundTrip(_ broker: Int32, milliseconds: Int32) throws(LibraryError) {
    try unsafe LibraryError.check(rd_kafka_mock_broker_set_rtt(cluster, broker, milliseconds))
  }

  package func setLeader(
    _ topic: String, partition: Int32, broker: Int32
  ) throws(LibraryError) {
    try unsafe LibraryError.check(
      rd_kafka_mock_partition_set_leader(cluster, topic, partition, broker))
  }

  package func setCoordinator(group: String, broker: Int32) throws(LibraryError) {
    try unsafe LibraryError.check(rd_kafka_mock_coordinator_set(cluster, "group", group, broker))
  }
}

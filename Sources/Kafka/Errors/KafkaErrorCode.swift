// SPDX-License-Identifier: Apache-2.0
import CRdKafka

extension KafkaError {
  /// A code of the Kafka protocol (positive) or of the client (negative).
  package struct Code: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) { self.rawValue = rawValue }

    init(_ code: rd_kafka_resp_err_t) { rawValue = code.rawValue }

    /// The symbolic name, for instance `_AUTO_OFFSET_RESET`.
    package var name: String {
      unsafe String(cString: rd_kafka_err2name(rd_kafka_resp_err_t(rawValue: rawValue)))
    }
  }
}

/// The codes that this program distinguishes.
extension KafkaError.Code {
  package static let allBrokersDown = Self(RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN)
  package static let application = Self(RD_KAFKA_RESP_ERR__APPLICATION)
  package static let authentication = Self(RD_KAFKA_RESP_ERR__AUTHENTICATION)
  package static let autoOffsetReset = Self(RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
  package static let badCompression = Self(RD_KAFKA_RESP_ERR__BAD_COMPRESSION)
  package static let badMessage = Self(RD_KAFKA_RESP_ERR__BAD_MSG)
  package static let clusterAuthorizationFailed = Self(
    RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED)
  package static let coordinatorLoading = Self(RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS)
  package static let coordinatorNotAvailable = Self(RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE)
  package static let fatal = Self(RD_KAFKA_RESP_ERR__FATAL)
  package static let fencedInstanceID = Self(RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID)
  package static let groupAuthorizationFailed = Self(RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED)
  package static let inconsistentGroupProtocol = Self(
    RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL)
  package static let invalidGroupID = Self(RD_KAFKA_RESP_ERR_INVALID_GROUP_ID)
  package static let invalidSessionTimeout = Self(RD_KAFKA_RESP_ERR_INVALID_SESSION_TIMEOUT)
  package static let illegalGeneration = Self(RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION)
  package static let invalidTopic = Self(RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION)
  package static let invalidArgument = Self(RD_KAFKA_RESP_ERR__INVALID_ARG)
  package static let leaderNotAvailable = Self(RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE)
  package static let logTruncation = Self(rawValue: -139)
  package static let maxPollExceeded = Self(RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED)
  package static let messageSizeTooLarge = Self(RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
  package static let networkException = Self(RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION)
  package static let notCoordinator = Self(RD_KAFKA_RESP_ERR_NOT_COORDINATOR)
  package static let notImplemented = Self(RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED)
  package static let notLeader = Self(RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION)
  package static let offsetOutOfRange = Self(RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE)
  package static let queueFull = Self(RD_KAFKA_RESP_ERR__QUEUE_FULL)
  package static let rebalanceInProgress = Self(RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS)
  package static let requestTimedOut = Self(RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT)
  package static let resolve = Self(RD_KAFKA_RESP_ERR__RESOLVE)
  package static let saslAuthenticationFailed = Self(RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED)
  package static let ssl = Self(RD_KAFKA_RESP_ERR__SSL)
  package static let state = Self(RD_KAFKA_RESP_ERR__STATE)
  package static let timedOut = Self(RD_KAFKA_RESP_ERR__TIMED_OUT)
  package static let topicAlreadyExists = Self(RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
  package static let topicAuthorizationFailed = Self(RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED)
  package static let transport = Self(RD_KAFKA_RESP_ERR__TRANSPORT)
  package static let unknownMemberID = Self(RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID)
  package static let unknownPartition = Self(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION)
  package static let unknownTopic = Self(RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC)
  package static let unknownTopicOrPartition = Self(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART)
  package static let waitCoordinator = Self(RD_KAFKA_RESP_ERR__WAIT_COORD)
}

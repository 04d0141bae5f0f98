// SPDX-License-Identifier: Apache-2.0
import CRdKafka
import Telemetry

/// Owns a `rd_kafka_conf_t` until a client takes it over.
@safe struct Configuration: ~Copyable {
  private var raw: OpaquePointer?
  /// Values that must not appear in any text.
  private var secrets: [String] = []

  /// Starts with our own defaults and the site's overrides, and connects log and errors.
  init(_ settings: ClientSettings, defaults: [(String, String)]) throws(KafkaError) {
    unsafe raw = rd_kafka_conf_new()
    unsafe rd_kafka_conf_set_log_cb(raw, forwardLog)
    unsafe rd_kafka_conf_set_error_cb(raw, receiveError)
    guard !settings.brokers.isEmpty else {
      throw KafkaError(.invalidArgument, "the broker list is empty: give host:port,…")
    }
    try set("bootstrap.servers", settings.brokers)
    try set("client.id", settings.clientID)
    try set(PropertyRules.common)
    try set(defaults)
    for (name, value) in settings.overrides {
      if let reason = PropertyRules.refusal(of: name) {
        throw KafkaError(.invalidArgument, "kafka property \(name) cannot be set: \(reason)")
      }
      try set(name, value)
    }
  }

  deinit {
    if let raw = unsafe raw { unsafe rd_kafka_conf_destroy(raw) }
  }

  mutating func set(_ properties: [(String, String)]) throws(KafkaError) {
    for (name, value) in properties { try set(name, value) }
  }

  mutating func set(_ name: String, _ value: String) throws(KafkaError) {
    if Redaction.isSecret(name: name), !value.isEmpty { secrets.append(value) }
    var text = ErrorText()
    let result = unsafe text.filled { unsafe rd_kafka_conf_set(raw, name, value, $0, $1) }
    guard result != RD_KAFKA_CONF_OK else { return }
    throw KafkaError(.invalidArgument, "kafka property \(name): \(redacted(text))")
  }

  func setRebalanceCallback() { unsafe rd_kafka_conf_set_rebalance_cb(raw, receiveRebalance) }

  /// Lets the context of the client count what may mean that a log is another one.
  mutating func watchFetches(_ settings: ClientSettings, _ context: ClientContext)
    throws(KafkaError)
  {
    let opaque = unsafe Unmanaged.passUnretained(context).toOpaque()
    unsafe rd_kafka_conf_interceptor_add_on_new(raw, fetchWatchName, watchConnections, opaque)
    try set(
      "debug",
      [settings.debugContexts, fetchWatchDebugContext].compactMap(\.self).joined(separator: ","))
  }

  func setDeliveryCallback() { unsafe rd_kafka_conf_set_dr_msg_cb(raw, receiveDelivery) }

  /// Creates the client.
  ///
  /// On failure the configuration is left behind: librdkafka 2.0.2 says that it is ours then, but
  /// where it could not read a file it has freed the interceptors in it.
  consuming func makeClient(
    _ type: rd_kafka_type_t, context: ClientContext
  ) throws(KafkaError) -> ClientHandle {
    try LibraryVersion.check()
    unsafe rd_kafka_conf_set_opaque(raw, Unmanaged.passUnretained(context).toOpaque())
    var text = ErrorText()
    let client = unsafe text.filled { unsafe rd_kafka_new(type, raw, $0, $1) }
    unsafe raw = nil
    guard let client = unsafe client else {
      let code = KafkaError.Code(rd_kafka_last_error())
      throw KafkaError(code, "cannot create a kafka client: \(redacted(text))")
    }
    return unsafe ClientHandle(client, context: context)
  }

  private func redacted(_ text: ErrorText) -> String {
    var result = text.string
    for secret in secrets { result = result.replacing(secret, with: Redaction.mask) }
    return result
  }
}

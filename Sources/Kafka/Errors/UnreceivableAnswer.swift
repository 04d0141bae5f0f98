// SPDX-License-Identifier: Apache-2.0

/// An answer of a broker whose declared length this client does not accept.
///
/// librdkafka drops the connection, connects again and asks for the same, for ever. It says so only
/// in words, with the code of a corrupt record batch.
package struct UnreceivableAnswer: Hashable, Sendable, CustomStringConvertible {
  /// As librdkafka calls it, `host:port/number`.
  package let broker: String
  /// What the answer declares; below 4 is no length at all.
  package let byteCount: Int64
  /// `receive.message.max.bytes`.
  package let byteCountMax: Int64

  /// The number after the host; -1 where the connection is not known by one.
  var brokerNumber: Int32 {
    broker.lastIndex(of: "/").flatMap { Int32(broker[broker.index(after: $0)...]) } ?? -1
  }

  /// The largest value of `receive.message.max.bytes`.
  private static let byteCountMaxMax = Int64(Int32.max)

  /// Reads what librdkafka reports, for instance `h:9092/1: Receive failed: Invalid response size
  /// 118550513 (0..100000000): increase receive.message.max.bytes (after 9ms in state UP)`.
  ///
  /// Nil for anything else, also for bytes that came before there was a conversation: those are
  /// from a port that speaks TLS or something else altogether.
  init?(_ text: String) {
    guard let phrase = text.firstRange(of: ": Receive failed: Invalid response size "),
      !text.contains("in state ") || text.contains("in state UP")
    else { return nil }
    // "118550513 (0..100000000)…"
    let numbers = text[phrase.upperBound...].prefix { $0 != ")" }
      .split(whereSeparator: { !$0.isNumber && $0 != "-" })
    guard numbers.count == 3, let byteCount = Int32(numbers[0]),
      let byteCountMax = Int32(numbers[2]), byteCount < 4 || byteCount > byteCountMax
    else { return nil }
    let logged = text[..<phrase.lowerBound]
    broker = String(logged.split(separator: " ").last ?? logged)
    self.byteCount = Int64(byteCount)
    self.byteCountMax = Int64(byteCountMax)
  }

  package var description: String {
    byteCount > byteCountMax
      ? "broker \(broker) answers with \(byteCount) bytes at once, and receive.message.max.bytes "
        + "allows \(byteCountMax): nothing more can be read from it"
      : "broker \(broker) answers with an impossible length of \(byteCount) bytes: nothing more can "
        + "be read from it"
  }

  /// Room for twice as much, because what has not been read grows meanwhile.
  package var remedy: String {
    byteCount > byteCountMax
      ? "set receive.message.max.bytes to \(min(2 * byteCount, Self.byteCountMaxMax)), and give the "
        + "process several times as much memory; a broker that heeds fetch.max.bytes does not need it"
      : "no setting of this program helps: check what stands between it and the broker, and the "
        + "broker's limits"
  }
}

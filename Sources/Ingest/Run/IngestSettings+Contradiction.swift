// SPDX-License-Identifier: Apache-2.0
import Kafka

extension IngestSettings {
  /// Properties of the site that break what others presume, in one line that names both.
  ///
  /// librdkafka itself compares session.timeout.ms with max.poll.interval.ms, but only when a
  /// client is made.
  package var contradiction: String? {
    let overrides = kafka.client.overrides
    let claim = IngestLimits.claimSecondsMax + IngestLimits.claimAttemptSecondsMax
    if let poll = PropertyRules.number("max.poll.interval.ms", overrides),
      poll < claim * 1000
    {
      return
        "kafka property max.poll.interval.ms=\(poll) is too short for the claim of partitions, "
        + "which may take \(claim) s: set \(claim * 1000) or more"
    }
    if let poll = PropertyRules.number("max.poll.interval.ms", overrides),
      let session = PropertyRules.number("session.timeout.ms", overrides), session > poll
    {
      return "kafka property session.timeout.ms=\(session) is more than "
        + "max.poll.interval.ms=\(poll): set it to that or less"
    }
    if let session = PropertyRules.number("session.timeout.ms", overrides),
      let heartbeat = PropertyRules.number("heartbeat.interval.ms", overrides),
      heartbeat > session / 2
    {
      return "kafka property heartbeat.interval.ms=\(heartbeat) is more than half of "
        + "session.timeout.ms=\(session): set a third of it, or leave it out"
    }
    return nil
  }
}

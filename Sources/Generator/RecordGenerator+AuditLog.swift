// SPDX-License-Identifier: Apache-2.0

extension RecordGenerator {
  /// The last ones are hostile text that is data all the same: it must be stored as it is and harm
  /// no reader.
  private static let userAgents: [[UInt8]] = [
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "okhttp/4.12.0", "python-requests/2.32.3", "Grüße/1.0 (日本語)",
    "=HYPERLINK(\\\"http://example.test\\\",\\\"x\\\")", "'; DROP TABLE audit_logs; --", "%s%n%p",
  ].map { Array($0.utf8) }
  private static let services: [[UInt8]] = ["auth-api", "billing", "documents", "gateway"].map {
    Array($0.utf8)
  }
  private static let reasons: [[UInt8]] = [
    "invalid_credentials", "not_permitted", "expired_session", "policy",
  ].map { Array($0.utf8) }

  /// One security event, with its actor nested (canonical) or flat.
  mutating func writeAuditLog(omitsIdentity: Bool) {
    let action = AuditAction.all[actionChoice.pick(&random)]
    body.raw("{")
    if !omitsIdentity {
      body.raw("\"event_id\":\"")
      body.uuid(facts.id)
      body.raw("\",\"occurred_at\":\"")
      calendar.write(facts.occurredAt, isLocal: random.chance(0.05), to: &body)
      body.raw("\",")
    }
    body.raw("\"tenant_id\":")
    body.string(tenants[facts.tenant])
    body.raw(",\"action\":")
    body.string(action.action)
    body.raw(",\"category\":")
    body.string(action.category)
    writeActor()
    body.raw(",\"target_type\":")
    body.string(action.targetType)
    body.raw(",\"target_id\":\"")
    body.integer(Int64(random.below(90_000)))
    if random.chance(action.failureFraction) {
      body.raw("\",\"outcome\":\"failure\",\"reason\":")
      body.string(Self.reasons[random.below(Self.reasons.count)])
    } else {
      body.raw("\",\"outcome\":\"success\"")
    }
    body.raw(",\"severity\":")
    body.string(action.severity)
    writeOrigin()
    body.raw(",\"metadata\":{\"attempt\":")
    body.integer(Int64(1 + random.below(3)))
    body.raw("}}")
  }

  private mutating func writeActor() {
    let user = Int64(random.below(5_000))
    if random.chance(0.6) {
      body.raw(",\"actor\":{\"id\":\"user_")
      body.integer(user)
      body.raw("\",\"type\":\"user\"}")
    } else {
      body.raw(",\"actor_id\":\"svc_")
      body.integer(user % 40)
      body.raw("\",\"actor_type\":\"service\"")
    }
  }

  private mutating func writeOrigin() {
    if random.chance(0.9) {
      body.raw(",\"source_ip\":\"203.0.113.")
      body.integer(Int64(random.below(256)))
    } else {
      body.raw(",\"source_ip\":\"2001:db8::")
      body.hex(1 + random.next() >> 50, count: 4)
    }
    // Hostile texts are seldom: three in fifty.
    let agent = random.chance(0.06) ? 5 + random.below(3) : random.below(5)
    body.raw("\",\"user_agent\":\"")
    body.raw(Self.userAgents[agent])
    body.raw("\",\"session_id\":\"s-")
    body.hex(random.next(), count: 8)
    body.raw("\",\"request_id\":\"req-")
    body.integer(Int64(random.below(100_000_000)))
    body.raw("\",\"service\":")
    body.string(Self.services[random.below(Self.services.count)])
  }
}

// SPDX-License-Identifier: Apache-2.0

extension Stream {
  /// One security event: who did what to which object, when, from where, with what result.
  ///
  /// Producers write nested objects (`actor`, `targets`, `context`), auditors query flat columns;
  /// both spellings are accepted.
  package static let auditLogs = Stream(
    table: "audit_logs",
    topic: "security.audit-events.v1",
    columns: [
      Column("event_id", .uuid, .always, from: .eventID),
      Column("occurred_at", .timestamp, .always, from: .eventTime),
      Column("tenant_id", .text(TextRule(1...128, .identifier)), .always, from: .recordKey),
      Column("action", .text(TextRule(1...128, .printable)), .always),
      // ECS event.category names the usual ones; others are kept as they are.
      Column("category", .text(TextRule(0...64))),
      Column(
        "actor_id", .text(TextRule(1...256)),
        .unless("actor_type", in: ["anonymous", "system"]), also: ["actor.id", "actor"]),
      Column(
        "actor_type", .choice(["user", "service", "api_key", "system", "anonymous"]),
        also: ["actor.type"], default: .text("user")),
      Column("actor_name", .text(TextRule(0...256)), also: ["actor.name"]),
      Column(
        "target_type", .text(TextRule(0...128)), also: ["target.type", "targets[0].type"]),
      Column(
        "target_id", .text(TextRule(0...512)), also: ["target.id", "target", "targets[0].id"]),
      Column(
        "target_name", .text(TextRule(0...512)), also: ["target.name", "targets[0].name"]),
      Column("targets", .json(JSONRule(.arrayOfObjects(countMax: 16), bytesMax: 64 << 10))),
      Column(
        "outcome", .choice(outcomes), also: ["event.outcome", "outcome.result"],
        default: .text("success")),
      Column("reason", .text(TextRule(0...1024)), also: ["event.reason", "outcome.reason"]),
      Column("severity", .choice(severities), default: .integer(1)),
      Column("source_ip", .inet, also: ["context.source_ip", "context.location"]),
      Column(
        "user_agent", .text(TextRule(0...1024, isTruncated: true)), also: ["context.user_agent"]),
      Column("session_id", .text(TextRule(0...256)), also: ["context.session_id"]),
      Column("request_id", .text(TextRule(0...256)), also: ["context.request_id"]),
      Column("trace_id", .text(TextRule(32...32, .hexadecimal)), from: .traceID),
      Column("span_id", .text(TextRule(16...16, .hexadecimal)), from: .spanID),
      Column("service", .text(TextRule(0...128)), from: .eventSource),
      Column("service_version", .text(TextRule(0...64))),
      Column("metadata", .json(JSONRule(.object, bytesMax: 16 << 10))),
      Column("changes", .json(JSONRule(.objectOfObjects, bytesMax: 16 << 10))),
    ],
    rules: [],
    signals: [
      Signal(
        "outcome", .outcome,
        ["status", "result", "status_code", "statusCode", "http_status"], mustAgree: true),
      Signal("outcome", .flag, ["success"], mustAgree: true),
      Signal("outcome", .ocsfStatus, ["status_id"], mustAgree: true),
      Signal(
        "outcome", .failure,
        [
          "error", "errorCode", "error_code", "errorMessage", "error_message", "error.type",
          "error.code", "error.message", "exception",
        ], mustAgree: true),
      // These may be about something else: who was allowed to may have failed, what was asked for
      // a decision may have answered.
      Signal(
        "outcome", .outcome, ["decision", "verdict", "effect", "response_code", "responseCode"],
        paths: [
          "event.result", "event.status", "http.response.status_code", "http.status_code",
          "response.status", "response.status_code", "response.statusCode",
        ]),
      Signal(
        "outcome", .permission,
        ["ok", "succeeded", "allowed", "granted", "permitted", "authorized"]),
      Signal("outcome", .flag, [], paths: ["event.success"]),
    ],
    droppedKeys: [],
    watch: Watch(
      words: ["outcome", "status", "result", "success", "succeeded", "decision", "verdict"],
      failureWords: [
        "error", "fail", "denied", "denial", "reject", "blocked", "unauthori", "forbid",
      ],
      // A code is none of these: it may be that of a failure.
      remarks: ["id", "text", "message", "reason"],
      identityWords: ["tenant", "orgid", "organization", "actor", "principal", "userid"],
      exceptions: [],
      totals: ([], of: []), isDeep: false,
      objects: ["event", "context", "http", "http.response", "response"],
      doubt: ("outcome", "unknown")),
    rollup: nil,
    pricing: nil)

  /// Those of ECS, and how others spell them.
  private static let outcomes: [Choice] =
    ["success", "failure", "unknown"]
    + [
      "succeeded", "successful", "ok", "allowed", "allow", "granted", "grant", "permitted",
      "permit",
    ].map { Choice($0, as: .text("success")) }
    + ["failed", "fail", "error"].map { Choice($0, as: .text("failure")) }
    + [
      "denied", "deny", "blocked", "block", "rejected", "reject", "unauthorized", "forbidden",
      "forbid",
    ].map { Choice($0, as: .text("failure"), filling: ("reason", "denied")) }

  /// OCSF severity_id 1 to 6, by name or by number.
  private static let severities: [Choice] =
    ["informational", "low", "medium", "high", "critical", "fatal"].enumerated()
    .flatMap { index, name in
      [
        Choice(name, as: .integer(index + 1)),
        Choice(String(index + 1), as: .integer(index + 1)),
      ]
    }
}

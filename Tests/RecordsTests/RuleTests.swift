// SPDX-License-Identifier: Apache-2.0
import Records
import Testing

/// What fields of one record say about each other, on both sides of every rule.
@Suite struct RuleTests {
  private static let invocation =
    #""invocation_id":"0190b7c2-6f3e-7c1a-9a53-2b1f0c9d7e11","occurred_at":"2026-08-21T09:15:02Z","#
    + #""tenant_id":"acme","provider":"openai","request_model":"gpt-5""#
  private static let event =
    #""event_id":"0190b7c2-7000-7c1a-9a53-000000000001","occurred_at":"2026-08-21T09:15:02Z","#
    + #""tenant_id":"acme","action":"user.login""#

  private func verdict(_ stream: Stream, _ base: String, _ more: String) -> String? {
    Sample("{\(base),\(more)}").rejection(with: RecordDecoder(stream: stream)).map {
      "\($0.reason.code) \($0.field(in: stream) ?? "")"
    }
  }

  @Test(
    arguments: [
      (#""cache_read_input_tokens":6,"cache_creation_input_tokens":4"#, nil),
      (
        #""cache_read_input_tokens":6,"cache_creation_input_tokens":5"#,
        "usage_inconsistent input_tokens"
      ),
      (#""audio_input_tokens":10,"audio_output_tokens":5,"reasoning_output_tokens":5"#, nil),
      (#""audio_input_tokens":11"#, "usage_inconsistent input_tokens"),
      (#""audio_output_tokens":6"#, "usage_inconsistent output_tokens"),
      (#""reasoning_output_tokens":6"#, "usage_inconsistent output_tokens"),
      (#""cache_creation_input_tokens":3,"cache_creation_1h_input_tokens":3"#, nil),
      (
        #""cache_creation_input_tokens":3,"cache_creation_1h_input_tokens":4"#,
        "usage_inconsistent cache_creation_input_tokens"
      ),
      (#""duration_ms":7,"time_to_first_token_ms":7"#, nil),
      (#""time_to_first_token_ms":7"#, nil),
      (#""duration_ms":7,"time_to_first_token_ms":8"#, "out_of_range time_to_first_token_ms"),
      (#""cost":"1","currency":"USD""#, nil),
      (#""cost":"1""#, "currency_missing currency"),
      (#""cost":"1","currency":null"#, "currency_missing currency"),
      (#""currency":"USD""#, nil),
      (#""operation":"execute_tool""#, "not_billable input_tokens"),
      (#""operation":"Invoke_Agent""#, "not_billable input_tokens"),
      (#""operation":"responses""#, nil),
      (#""operation":"planning""#, nil),
    ] as [(String, String?)])
  func usage(more: String, expected: String?) {
    let tokens = #","input_tokens":10,"output_tokens":5"#
    #expect(verdict(.invocations, Self.invocation + tokens, more) == expected)
  }

  /// What the conventions name beside the calls of models.
  @Test(
    arguments: [
      "create_agent", "plan", "retrieval", "fetch_response", "search_memory", "create_memory",
      "update_memory", "upsert_memory", "delete_memory", "create_memory_store",
      "delete_memory_store",
    ])
  func whatCallsNoModelIsNotBilled(operation: String) {
    let tokens = #","input_tokens":10,"output_tokens":0"#
    let none = #","input_tokens":0,"output_tokens":0"#
    for key in ["operation", "gen_ai.operation.name"] {
      for name in [operation, operation.uppercased()] {
        let more = #""\#(key)":"\#(name)""#
        let base = Self.invocation
        #expect(verdict(.invocations, base + tokens, more) == "not_billable input_tokens")
        #expect(verdict(.invocations, base + none, more) == nil)
        #expect(
          verdict(.invocations, base + none, more + #","operation.cost":"0.01""#)
            == "not_billable cost")
      }
    }
  }

  @Test(
    arguments: [
      (#""input_tokens":1,"output_tokens":1"#, nil),
      (#""input_tokens":1"#, "missing_field output_tokens"),
      (#""output_tokens":1"#, "missing_field input_tokens"),
      (#""status":"success""#, "missing_field input_tokens"),
      (#""status":"failure""#, nil),
      (#""status":"failure","input_tokens":1"#, nil),
      (#""status":"failure","cache_read_input_tokens":1"#, "usage_inconsistent input_tokens"),
      (#""operation":"invoke_agent""#, "missing_field input_tokens"),
      (#""operation":"invoke_agent","input_tokens":0,"output_tokens":0"#, nil),
      (
        #""operation":"invoke_agent","input_tokens":0,"output_tokens":1"#,
        "not_billable output_tokens"
      ),
      (
        #""operation":"invoke_workflow","input_tokens":0,"output_tokens":0,"cost":"0.1","#
          + #""currency":"USD""#, "not_billable cost"
      ),
    ] as [(String, String?)])
  func tokensOfFailuresAndAgents(more: String, expected: String?) {
    #expect(verdict(.invocations, Self.invocation, more) == expected)
  }

  @Test(
    arguments: [
      (#""actor_id":"user_1""#, nil),
      (#""actor_type":"user""#, "missing_field actor_id"),
      (#""actor_type":"service""#, "missing_field actor_id"),
      (#""actor":{"type":"api_key"}"#, "missing_field actor_id"),
      (#""actor_type":"anonymous""#, nil),
      (#""actor":{"type":"system"}"#, nil),
      (#""actor":"user_1""#, nil),
      (#""actor":{"name":"user_1"}"#, "missing_field actor_id"),
    ] as [(String, String?)])
  func actors(more: String, expected: String?) {
    #expect(verdict(.auditLogs, Self.event, more) == expected)
  }
}

// SPDX-License-Identifier: Apache-2.0
import Records
import Testing

/// Whatever way an outcome is said in: a failure is never stored as a success.
@Suite struct OutcomeTests {
  private let auditLogs = RecordDecoder(stream: .auditLogs)
  private let invocations = RecordDecoder(stream: .invocations)

  private func event(_ more: String) -> Sample {
    Sample(
      #"{"event_id":"0190b7c2-7000-7c1a-9a53-000000000001","action":"user.login","#
        + #""occurred_at":"2026-08-21T09:15:02Z","tenant_id":"acme","actor_id":"user_1"\#(more)}"#)
  }

  private func call(_ more: String) -> Sample {
    Sample(
      #"{"invocation_id":"0190b7c2-6f3e-7c1a-9a53-2b1f0c9d7e11","#
        + #""occurred_at":"2026-08-21T09:15:02Z","tenant_id":"acme","provider":"openai","#
        + #""request_model":"o3"\#(more)}"#)
  }

  private func verdict(_ more: String) -> String? {
    let sample = event(more)
    if let rejection = sample.rejection(with: auditLogs) { return rejection.reason.code }
    return (try? sample.row(with: auditLogs))?.text("outcome")
  }

  @Test(
    arguments: [
      ("", "success"), (#","outcome":"Failure""#, "failure"), (#","outcome":"DENIED""#, "failure"),
      (#","status":"Failure""#, "failure"), (#","status":"Success""#, "success"),
      (#","status":"maybe""#, "not_allowed"), (#","status":{"code":7}"#, "wrong_type"),
      (#","status":403"#, "failure"), (#","status":"204""#, "success"),
      (#","status":7"#, "not_allowed"), (#","http_status":500"#, "failure"),
      (#","success":false"#, "failure"), (#","success":true"#, "success"),
      (#","success":"no""#, "not_allowed"), (#","result":"DENY""#, "failure"),
      (#","event":{"outcome":"failure"}"#, "failure"),
      (#","event.outcome":"unknown""#, "unknown"),
      (#","outcome":{"result":"FAILURE","reason":"INVALID_CREDENTIALS"}"#, "failure"),
      (#","outcome":{"reason":"x"}"#, "unknown"), (#","outcome":{}"#, "wrong_type"),
      (#","status_id":2"#, "failure"), (#","status_id":1"#, "success"),
      (#","status_id":99"#, "unknown"),
      (#","errorCode":"AccessDenied""#, "failure"), (#","errorCode":"""#, "success"),
      (#","error":{"code":"x"}"#, "failure"), (#","error":null"#, "success"),
      (#","error":false,"error_code":0"#, "success"), (#","error":{}"#, "success"),
      (#","error":{ }"#, "success"), (#","error":[ ]"#, "success"), (#","error":[]"#, "success"),
      (#","error":{ "a":1 }"#, "failure"), (#","error":[0]"#, "failure"),
      (#","outcome":"success","error":{ }"#, "success"),
      (#","outcome":"success","error":[ ]"#, "success"),
      (#","outcome":"success","error":[1]"#, "ambiguous_field"),
      (#","success":"false""#, "failure"), (#","success":0"#, "failure"),
      (#","success":"0""#, "failure"), (#","success":"True""#, "success"),
      (#","success":1.0"#, "success"), (#","success":2"#, "not_allowed"),
      (#","success":200"#, "success"), (#","status":"false""#, "not_allowed"),
      (#","outcome":"success","success":"false""#, "ambiguous_field"),
      (#","outcome":"success","success":"FALSE""#, "ambiguous_field"),
      (#","outcome":"success","success":0"#, "ambiguous_field"),
      (#","outcome":"failure","success":"true""#, "ambiguous_field"),
      (#","outcome":"failure","success":"false""#, "failure"),
      (#","outcome":"success","success":"yes""#, "success"),
      (#","error.type":"timeout""#, "failure"),
      (#","status":"Failure","errorCode":"AccessDenied""#, "failure"),
      (#","status":"Success","errorCode":"AccessDenied""#, "ambiguous_field"),
      (#","outcome":"success","status":"failed""#, "ambiguous_field"),
      (#","outcome":"failure","status":"denied","error":"x""#, "failure"),
      // The status of something else, beside an outcome.
      (#","outcome":"success","status":"active""#, "success"),
      // Nobody knows what these mean.
      (#","Status":"Failure""#, "unknown"), (#","outcomeResult":"no""#, "unknown"),
      (#","Status":"Failure","outcome":"success""#, "success"),
      (#","actor":{"status":"x"},"metadata":{"status":"Failure"}"#, "success"),
    ])
  func securityEvents(more: String, expected: String) {
    #expect(verdict(more) == expected, "\(more)")
  }

  /// In names that may be about something else, too: in doubt nobody knows.
  @Test(
    arguments: [
      (#","allowed":false"#, "failure"), (#","allowed":true"#, "success"),
      (#","ok":false"#, "failure"), (#","succeeded":false"#, "failure"),
      (#","granted":"false""#, "failure"), (#","permitted":0"#, "failure"),
      (#","authorized":false"#, "failure"), (#","decision":"deny""#, "failure"),
      (#","decision":"Allow""#, "success"), (#","verdict":"blocked""#, "failure"),
      (#","effect":"Deny""#, "failure"), (#","response_code":403"#, "failure"),
      (#","responseCode":"500""#, "failure"), (#","response_code":204"#, "success"),
      (#","http":{"response":{"status_code":403}}"#, "failure"),
      (#","http":{"response":{"status_code":302,"bytes":9}}"#, "success"),
      (#","http.response.status_code":403"#, "failure"),
      (#","http":{"status_code":401}"#, "failure"), (#","response":{"status":403}"#, "failure"),
      (#","response":{"statusCode":"403"}"#, "failure"),
      (#","response":{"status":200,"elements":{"status":1}}"#, "success"),
      (#","event":{"result":"failure"}"#, "failure"), (#","event":{"success":true}"#, "success"),
      (#","event":{"status":"failure"}"#, "failure"), (#","event":{"success":false}"#, "failure"),
      (#","event":{"success":403}"#, "failure"), (#","authorized":"1""#, "success"),
      (#","permitted":1.0"#, "success"), (#","granted":"Denied""#, "failure"),
      // What nobody knows. A count is no status, but for the codes of an answer.
      (#","succeeded":450"#, "unknown"), (#","allowed":500"#, "unknown"),
      (#","granted":"404""#, "unknown"), (#","ok":200"#, "unknown"),
      (#","permitted":2"#, "unknown"), (#","authorized":"204""#, "unknown"),
      (#","rejected":true"#, "unknown"), (#","unauthorized":true"#, "unknown"),
      (#","blocked":true"#, "unknown"), (#","forbidden":1"#, "unknown"),
      (#","denial_reason":"x""#, "unknown"), (#","finalDecision":"no""#, "unknown"),
      (#","context":{"error":"x"}"#, "unknown"), (#","context":{"status":"x"}"#, "unknown"),
      (#","event":{"error_code":7}"#, "unknown"), (#","http":{"error":"x"}"#, "unknown"),
      (#","http":{"response":{"reject":1}}"#, "unknown"),
      (#","response":{"failed":["a"]}"#, "unknown"), (#","event":{"status":"active"}"#, "unknown"),
      (#","granted":"admin""#, "unknown"), (#","allowed":["a"]"#, "unknown"),
      (#","response_code":0"#, "unknown"), (#","decision":{"by":"x"}"#, "unknown"),
      (#","decision":null,"allowed":null"#, "success"),
      // They contradict each other, or another field.
      (#","allowed":true,"decision":"deny""#, "unknown"),
      (#","decision":"deny","ok":true,"allowed":false"#, "unknown"),
      (#","decision":"deny","allowed":false"#, "failure"),
      (#","allowed":true,"rejected":true"#, "unknown"),
      (#","allowed":true,"event":{"error":"x"}"#, "unknown"),
      (#","allowed":false,"rejected":true"#, "failure"),
      (#","status":200,"decision":"deny""#, "unknown"),
      (#","decision":"deny","status":"ok""#, "unknown"),
      (#","allowed":true,"status":"failed""#, "failure"),
      (#","allowed":true,"errorCode":"x""#, "failure"),
      // The outcome itself, or another field that says it.
      (#","outcome":"success","allowed":false,"decision":"maybe""#, "success"),
      (#","outcome":"failure","response":{"status":200}"#, "failure"),
      (#","status":"success","granted":"admin""#, "success"),
    ])
  func whatMayBeAboutSomethingElse(more: String, expected: String) {
    #expect(verdict(more) == expected, "\(more)")
  }

  /// What casts a doubt is told by its name, and refused where strict is asked for.
  @Test(
    arguments: [
      (#","rejected":true"#, "rejected"), (#","context":{"error":"x"}"#, "context.error"),
      (#","granted":"admin""#, "granted"), (#","event":{"status":"active"}"#, "event.status"),
      (#","status":200,"ok":true,"decision":"deny""#, "decision"),
      (#","http":{"response":{"status_code":7}}"#, "http.response.status_code"),
    ])
  func doubtsAreTold(more: String, name: String) throws {
    let names = try event(more).decode(with: auditLogs) { decoder in
      decoder.unknown.last.map { decoder.unknown.name(Int($0)) }
    }
    #expect(names == [name])
    let strict = RecordDecoder(stream: .auditLogs, isStrict: true)
    #expect(event(more).rejection(with: strict)?.reason == .unknownField)
    for told in [#","allowed":false"#, #","outcome":"success","granted":"admin""#] {
      #expect(event(told).rejection(with: strict) == nil)
    }
  }

  /// Nested or flat, producers who always write them say with these that nothing went wrong.
  @Test(
    arguments: [
      #""context":{"error":""}"#, #""context":{"error":false}"#, #""event":{"error":{ }}"#,
      #""event":{"error_code":0,"failure":null}"#, #""response":{"status":200,"error":""}"#,
      #""response":{"status":200,"errors":[ ]}"#, #""http":{"response":{"errors":0.0}}"#,
      #""blocked":false"#, #""rejected":0"#, #""unauthorized":false"#, #""denied":"""#,
      #""error_count":0,"failedSteps":[]"#, #""Status":"""#, #""results":[]"#,
    ])
  func whatSaysNothingCastsNoDoubt(more: String) throws {
    #expect(verdict("," + more) == "success", "\(more)")
    let strict = RecordDecoder(stream: .auditLogs, isStrict: true)
    #expect(event("," + more).rejection(with: strict) == nil, "\(more)")
  }

  /// That nothing succeeded is another thing.
  @Test(
    arguments: [
      #""Success":false"#, #""isSuccessful":false"#, #""success_count":0"#, #""Status":0"#,
      #""response":{"success":false}"#, #""unsuccessful":false"#, #""failure_status":0"#,
      #""context":{"error":{"code":0}}"#, #""event":{"errors":[0]}"#, #""rejected":-1"#,
      #""error_rate":0.5"#, #""context":{"error":" "}"#, #""blocked":"no""#, #""denied":true"#,
    ])
  func whatSaysSomethingCastsADoubt(more: String) {
    #expect(verdict("," + more) == "unknown", "\(more)")
    let strict = RecordDecoder(stream: .auditLogs, isStrict: true)
    #expect(event("," + more).rejection(with: strict)?.reason == .unknownField, "\(more)")
  }

  /// What tells more of an outcome that was said is told of, and casts no doubt on it.
  @Test(
    arguments: [
      (#""allowed":true,"decision_id":"d-1""#, "success"),
      (#""decisionID":7,"ok":true"#, "success"),
      (#""response":{"status":200,"statusText":"OK"}"#, "success"),
      (#""http":{"response":{"status_code":200,"status_text":"OK"}}"#, "success"),
      (#""decision":"allow","decision_reason":"x","result.message":"y""#, "success"),
      (#""status":200,"decision_id":"d-1""#, "success"),
      (#""allowed":false,"decision_id":"d-1""#, "failure"),
      // It may be another outcome.
      (#""allowed":true,"decision_id":"d-1","blocked":true"#, "unknown"),
      (#""allowed":true,"error_id":"e-1""#, "unknown"),
      (#""allowed":true,"denialReason":"x""#, "unknown"),
      (#""response":{"status":200,"error_message":"x"}"#, "unknown"),
      (#""allowed":true,"result_code":7"#, "unknown"),
      (#""allowed":true,"statusContext":"x""#, "unknown"),
      (#""allowed":true,"outcomepaid":"x""#, "unknown"),
      (#""allowed":true,"outcome":{"reason":"x"}"#, "unknown"),
      // Nothing else says what it was.
      (#""decision_id":"d-1""#, "unknown"), (#""response":{"statusText":"OK"}"#, "unknown"),
    ] as [(String, String)])
  func remarksCastNoDoubt(more: String, expected: String) {
    #expect(verdict("," + more) == expected, "\(more)")
    let strict = RecordDecoder(stream: .auditLogs, isStrict: true)
    let isNamed = !more.contains(#""outcome":{"#)
    #expect((event("," + more).rejection(with: strict)?.reason == .unknownField) == isNamed)
  }

  /// They are the same event, with one fingerprint, and tell the same names.
  @Test(
    arguments: [
      ([#""decision":"deny""#, #""ok":true"#], ["decision", "ok"], "unknown", nil),
      ([#""verdict":"unknown""#, #""decision":"deny""#], ["decision", "verdict"], "unknown", nil),
      ([#""status":200"#, #""decision":"deny""#, #""ok":true"#], ["decision"], "unknown", nil),
      ([#""allowed":false"#, #""decision":"deny""#], [], "failure", "denied"),
      ([#""ok":true"#, #""granted":"admin""#], ["granted"], "unknown", nil),
    ] as [([String], [String], String, String?)])
  func theOrderOfKeysSaysNothing(
    fields: [String], told: [String], outcome: String, reason: String?
  ) throws {
    var rows: [Row] = []
    for order in [fields, fields.reversed(), Array(fields.dropFirst() + fields.prefix(1))] {
      let sample = event("," + order.joined(separator: ","))
      let names = try sample.decode(with: auditLogs) { decoder in
        decoder.unknown.last.map { decoder.unknown.name(Int($0)) }
      }
      #expect(names.sorted() == told, "\(order)")
      rows.append(try sample.row(with: auditLogs))
    }
    for row in rows {
      #expect(row.fields == rows[0].fields, "\(fields)")
      #expect(row.text("outcome") == outcome)
      #expect(row.text("reason") == reason)
    }
  }

  @Test func reasonsAreKept() throws {
    let okta = event(#","outcome":{"result":"FAILURE","reason":"INVALID_CREDENTIALS"}"#)
    #expect(try okta.row(with: auditLogs).text("reason") == "INVALID_CREDENTIALS")
    #expect(try event(#","result":"forbidden""#).row(with: auditLogs).text("reason") == "denied")
    #expect(try event(#","decision":"deny""#).row(with: auditLogs).text("reason") == "denied")
    let own = event(#","decision":"deny","reason":"mfa""#)
    #expect(try own.row(with: auditLogs).text("reason") == "mfa")
  }

  @Test func whoAndWhatMayBePlainTexts() throws {
    let sample = Sample(
      #"{"event_id":"0190b7c2-7000-7c1a-9a53-000000000001","action":"user.login","#
        + #""occurred_at":"2026-08-21T09:15:02Z","tenant_id":"acme","actor":"alice","#
        + #""actor_type":"system","target":"file-1"}"#)
    let row = try sample.row(with: auditLogs)
    #expect(row.text("actor_id") == "alice")
    #expect(row.text("target_id") == "file-1")
  }

  @Test(
    arguments: [
      (#","error.type":"timeout""#, "failure"), (#","error_type":"""#, "success"),
      (#","error":{"message":"x"}"#, "failure"), (#","status":"ERROR""#, "failure"),
      (#","status":"ok","error_type":"retried""#, "success"),
      (#","success":false"#, "failure"),
      (#","success":0"#, "failure"), (#","success":"false""#, "failure"),
      (#","success":true"#, "success"), (#","success":null"#, "success"),
      (#","status_code":500"#, "failure"), (#","statusCode":"429""#, "failure"),
      (#","http_status":400"#, "failure"), (#","status_code":200"#, "success"),
      (#","status_code":399"#, "success"), (#","outcome":"failure""#, "failure"),
      (#","outcome":"ERROR""#, "failure"), (#","outcome":"success""#, "success"),
      (#","http.response.status_code":500"#, "failure"),
      (#","http":{"response":{"status_code":503}}"#, "failure"),
      (#","http":{"status_code":404}"#, "failure"), (#","http.status_code":"200""#, "success"),
      (#","is_error":true"#, "failure"), (#","failed":false"#, "success"),
      (#","errorCode":"x""#, "failure"), (#","exception":{"type":"x"}"#, "failure"),
      // A status that is written stays.
      (#","status":"success","success":false"#, "success"),
      (#","status":"success","status_code":500"#, "success"),
      (#","status":"failure","outcome":"success""#, "failure"),
      // A failure wins, in either order.
      (#","success":true,"status_code":500"#, "failure"),
      (#","status_code":500,"success":true"#, "failure"),
      (#","error":"cut off","status_code":200"#, "failure"),
      (#","status_code":200,"error":"cut off""#, "failure"),
      (#","outcome":"maybe","success":false"#, "failure"),
    ])
  func calls(more: String, expected: String) throws {
    let row = try call(#","input_tokens":1,"output_tokens":1\#(more)"#).row(with: invocations)
    #expect(row.text("status") == expected)
    #expect(
      (row.text("error_type") ?? "").isEmpty == (expected == "success" && !more.contains("retried"))
    )
  }
  /// A call that failed needs no tokens, whatever says so.
  @Test(arguments: [#""success":false"#, #""status_code":500"#, #""outcome":"failure""#])
  func failedCallsNeedNoTokens(more: String) throws {
    let row = try call("," + more).row(with: invocations)
    #expect(row.text("status") == "failure")
    #expect(row.text("error_type") == "_OTHER")
    let own = try call(#","error_type":"","status_code":500"#).row(with: invocations)
    #expect(own.text("status") == "failure")
  }

  /// What says nothing that anybody knows is told of, and the call is booked.
  @Test(
    arguments: [
      ("success", #""no""#), ("status_code", "0"), ("outcome", #""maybe""#),
      ("http.response.status_code", "7"), ("outcome", #"{"code":1}"#),
      // Names that are none of the signals.
      ("is_success", "false"), ("callOutcome", #""x""#), ("http-status-code", "500"),
    ])
  func unclearSignalsOfCallsAreTold(name: String, value: String) throws {
    let sample = call(#","input_tokens":1,"output_tokens":1,"\#(name)":\#(value)"#)
    let names = try sample.decode(with: invocations) { decoder in
      decoder.unknown.last.map { decoder.unknown.name(Int($0)) }
    }
    #expect(names == [name])
    #expect(try sample.row(with: invocations).text("status") == "success")
    let strict = RecordDecoder(stream: .invocations, isStrict: true)
    #expect(sample.rejection(with: strict)?.reason == .unknownField)
  }
}

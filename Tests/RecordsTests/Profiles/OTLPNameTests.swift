// SPDX-License-Identifier: Apache-2.0
import Records
import Testing

/// Whatever its lists are called, no span and no log record of a request is lost without a word.
@Suite struct OTLPNameTests {
  private func results(_ sample: Sample, _ profile: String = "otlp") throws -> [ItemResult] {
    let rules = try #require(try ProfileSamplesTests.shelf?.profile(profile))
    return ItemResult.all(of: sample, RecordDecoder(stream: rules.stream, profile: rules))
  }

  private func sample(_ profile: String) throws -> String {
    String(decoding: try #require(ProfileSamplesTests.records(profile).first), as: UTF8.self)
  }

  /// As exporters before OTLP 0.15 name them.
  @Test(arguments: ["otlp", "otlp-logs"]) func listsWithOldNamesAreRead(profile: String) throws {
    let sample = try sample(profile)
    let expected = try results(Sample(sample), profile)
    guard case .row(let row) = expected.first else {
      Issue.record("\(expected)")
      return
    }
    if case .json(let metadata) = row["metadata"] { #expect(metadata.contains("scope")) }
    let lists = [
      ("scopeSpans", "instrumentationLibrarySpans"), ("scopeLogs", "instrumentationLibraryLogs"),
      ("logRecords", "logs"),
    ]
    var old = sample.replacing("\"scope\":", with: "\"instrumentationLibrary\":")
    for (now, before) in lists { old = old.replacing("\"\(now)\":", with: "\"\(before)\":") }
    #expect(old != sample)
    #expect(try results(Sample(old), profile) == expected)
    // With the new list beside it, empty.
    for (now, before) in lists {
      old = old.replacing("\"\(before)\":", with: "\"\(now)\":[],\"\(before)\":")
    }
    #expect(try results(Sample(old), profile) == expected)
  }

  @Test(arguments: [
    (#"{"resourceSpans":[],"resourceLogs":LOGS}"#, 1), (#"{"resourceLogs":LOGS}"#, 1),
    (#"{"resourceLogs":LOGS,"resourceSpans":[],"resourceMetrics":[]}"#, 1),
    (#"{"resourceSpans":[]}"#, 0), (#"{"resourceSpans":[{}]}"#, 0),
    (#"{"resourceSpans":[{"scopeSpans":[{}],"schemaUrl":""}],"more":[1]}"#, 0),
    (#"{"resourceSpans":[{"resource":{"attributes":[]},"scopeSpans":[{"scope":{}}]}]}"#, 0),
  ])
  func listsBesideAnEmptyOneAreRead(request: String, count: Int) throws {
    let logs = #"[{"scopeLogs":[{"logRecords":[{}]}]}]"#
    #expect(try results(Sample(request.replacing("LOGS", with: logs))).count == count, "\(request)")
  }

  @Test(arguments: [
    (#"{"resourceSpans":SPANS,"resourceLogs":[{}]}"#, "not_otlp"),
    (#"{"resourceSpans":SPANS,"resourceMetrics":[{}]}"#, "not_otlp"),
    (#"{"resourceSpans":[],"resourceMetrics":[{}]}"#, "otlp_metrics_payload"),
    (#"{"resourceMetrics":[]}"#, "otlp_metrics_payload"),
    (#"{"resourceSpans":[{"scope_spans":[{}]}]}"#, "not_otlp"),
    (#"{"resourceSpans":[{"scopeLogs":[{}]}]}"#, "not_otlp"),
    (#"{"resourceSpans":[{"scopeSpans":[{"logRecords":[{}]}]}]}"#, "not_otlp"),
    (#"{"resourceLogs":[{"scopeLogs":[{"scope":{},"records":[{}]}]}]}"#, "not_otlp"),
    (#"{"resourceSpans":[{"instrumentationLibrarySpans":{}}]}"#, "not_otlp"),
  ])
  func whatWouldBeLostIsRefused(request: String, reason: String) throws {
    let spans = #"[{"scopeSpans":[{"spans":[{}]}]}]"#
    let sample = Sample(request.replacing("SPANS", with: spans))
    #expect(try results(sample) == [.refused(reason, nil)], "\(request)")
  }

  /// Field 1000 of OTLP 0.15 to 0.18; before that it had the number of today.
  @Test func listsWithOldNumbersAreRead() throws {
    typealias P = ProtobufBytes
    // It is skipped, because it names no model.
    let span = P.text(1, String(repeating: "a", count: 16)) + P.fixed(7, 1_787_303_702_000_000_000)
    let scope = P.message(2, span)
    for number in [2, 1000] {
      let request = P.message(1, P.message(number, scope))
      #expect(try results(Sample(request)) == [.skipped("no_model")], "\(number)")
    }
  }

  /// A metric has its name where a span has its trace, which is as long as some names are.
  @Test(arguments: [1, 15, 16, 17, 28])
  func metricsAreToldWhateverTheirFirstName(length: Int) throws {
    typealias P = ProtobufBytes
    for name in ["http.server.request.duration", "ä.server.request.durations."] {
      let text = String(decoding: Array(name.utf8).prefix(length), as: UTF8.self)
      let metric = P.text(1, text) + P.text(3, "s") + P.message(9, [])
      let request = P.message(1, P.message(2, P.message(2, metric)))
      #expect(
        try results(Sample(request)) == [.refused("otlp_metrics_payload", nil)], "\(text)")
    }
    // Where no profile reads them, the refusal names them all the same.
    let name = String("http.server.request.duration".prefix(length))
    let request = P.message(1, P.message(2, P.message(2, P.text(1, name))))
    let decoder = RecordDecoder(stream: .invocations)
    #expect(Sample(request).rejection(with: decoder)?.reason == .otlpMetricsPayload)
  }
}

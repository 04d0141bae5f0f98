// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import JSON
import Testing

@testable import Records

/// A column that a later release adds changes no fingerprint of a record that does not have it.
@Suite struct AddedColumnTests {
  private static let wider = {
    let calls = Stream.invocations
    return Stream(
      table: calls.table, topic: calls.topic,
      columns: calls.columns + [Column("tool_calls", .integer(.integer, 0...99), added: "9.9.9")],
      rules: calls.rules, signals: calls.signals, droppedKeys: calls.droppedKeys,
      watch: calls.watch, rollup: calls.rollup, pricing: calls.pricing)
  }()
  private let before = RecordDecoder(stream: .invocations)
  private let after = RecordDecoder(stream: wider)

  private func fingerprint(_ sample: Sample, _ decoder: RecordDecoder) throws -> [UInt8] {
    try #require(try sample.row(with: decoder).fields["content_sha256"])
  }

  @Test func recordsWithoutItKeepTheirFingerprint() throws {
    let accepted = try Fixture.accepted(.invocations)
    #expect(accepted.count > 10)
    for fixture in accepted {
      #expect(try fingerprint(fixture.sample, after) == fingerprint(fixture.sample, before))
    }
  }

  /// The stream as it was before anything was added to it: rows of that time are met again.
  @Test func noColumnThatWasAddedChangesTheFingerprintOfOthers() throws {
    let calls = Stream.invocations
    let first = Stream(
      table: calls.table, topic: calls.topic,
      columns: calls.columns.filter { $0.added == nil }.map {
        $0.name == "service_tier" ? Self.firstTier($0) : $0
      },
      rules: calls.rules, signals: calls.signals, droppedKeys: calls.droppedKeys,
      watch: calls.watch, rollup: nil, pricing: nil)
    #expect(first.columns.count < calls.columns.count)
    let decoder = RecordDecoder(stream: first)
    for fixture in try Fixture.accepted(.invocations) {
      #expect(try fingerprint(fixture.sample, decoder) == fingerprint(fixture.sample, before))
    }
  }

  /// It took `fast` for `priority`.
  private static func firstTier(_ tier: Column) -> Column {
    Column(
      tier.name,
      .choice(
        [
          "standard", "flex", "priority", "batch",
          Choice("default", as: .text("standard")), Choice("fast", as: .text("priority")),
        ], otherwise: TextRule(1...64)),
      also: Array(tier.keys.dropFirst()), default: .text("standard"))
  }

  @Test func itCountsWhenItIsThere() throws {
    func call(_ more: String) -> Sample {
      Sample(
        #"{"invocation_id":"0190b7c2-6f3e-7c1a-9a53-2b1f0c9d7e11","tenant_id":"acme","#
          + #""occurred_at":"2026-08-20T12:00:00Z","provider":"openai","request_model":"m","#
          + #""input_tokens":1,"output_tokens":1\#(more)}"#)
    }
    let without = try fingerprint(call(""), before)
    #expect(try fingerprint(call(#","tool_calls":null"#), after) == without)
    let three = try fingerprint(call(#","tool_calls":3"#), after)
    #expect(three != without)
    #expect(try fingerprint(call(#","tool_calls":4"#), after) != three)
    #expect(try call(#","tool_calls":3"#).row(with: after).integer("tool_calls") == 3)
  }
}

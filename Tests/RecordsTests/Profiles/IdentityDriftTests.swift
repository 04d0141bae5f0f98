// SPDX-License-Identifier: Apache-2.0
import Foundation
import Records
import Testing

/// Whose a record is may be renamed at its source as well: that is told of, and nothing else
/// changes.
@Suite struct IdentityDriftTests {
  private static let profile = """
    [profile]
    stream = audit_logs
    [columns]
    event_id = id
    occurred_at = at
    tenant_id = who.tenant
    action = what
    actor_id = who.actor
    """

  @Test(arguments: [
    ("\"tenantId\":\"t\"", "who.tenantId"), ("\"Actor-ID\":7", "who.Actor-ID"),
    ("\"user_id\":\"u\"", "who.user_id"), ("\"parent.org.id\":\"o\"", "who.parent.org.id"),
    ("\"actor_id\":null", nil), ("\"origin\":\"o\"", nil), ("\"user\":\"u\"", nil),
    ("\"or_ganisation\":1", nil),
  ])
  func aNameThatLooksLikeIdentityIsTold(member: String, name: String?) throws {
    let profile = try ProfileShelf(own: ["site": Self.profile]).profile("site")
    // Strict refuses what may be an outcome; not this.
    let decoder = RecordDecoder(stream: profile.stream, profile: profile, isStrict: true)
    let record = Sample(
      """
      {"id":"0190b7c2-7000-7000-8000-000000000001","at":"2026-08-21T09:15:02Z","what":"a.b",
      "who":{"tenant":"acme","actor":"ana",\(member)}}
      """)
    let names = try record.decode(with: decoder) { decoder in
      #expect(!decoder.hasUnknown)
      let outcome = decoder.fields.first { $0.column == "outcome" }
      #expect(outcome.map { "\($0.value)" }?.contains("success") == true)
      return decoder.unknown.last.map { decoder.unknown.name(Int($0)) }
    }
    #expect(names == (name.map { [$0] } ?? []))
  }

  /// The page on profiles says which names are told of, word by word.
  @Test(arguments: [Records.Stream.invocations, .auditLogs])
  func theDocumentHasTheWords(stream: Records.Stream) throws {
    let file = Fixture.schemas.deletingLastPathComponent().appending(path: "docs/profiles.md")
    let sections = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n## ")
    let drift = try #require(sections.first { $0.hasPrefix("Drift\n") })
    for word in stream.watch.words + stream.watch.failureWords {
      #expect(drift.contains("`\(word)`"), "\(word)")
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Foundation
import JSON
import Records
import Testing

/// The samples beside each profile: what is accepted with the rows that it gives, and what is
/// refused.
@Suite struct ProfileSamplesTests {
  static let shelf = try? ProfileShelf()
  static let names = shelf?.names ?? []

  @Test func thereAreProfiles() { #expect(Self.names.count >= 16, "\(Self.names)") }

  @Test(arguments: names)
  func everyAcceptedSampleGivesItsRows(name: String) throws {
    let profile = try #require(try Self.shelf?.profile(name))
    let decoder = RecordDecoder(stream: profile.stream, profile: profile)
    let (samples, expected) = (Self.lines(name, "accepted"), Self.lines(name, "expected"))
    #expect(samples.count == expected.count && !samples.isEmpty)
    for (index, pair) in zip(samples, expected).enumerated() {
      let outcomes = ItemResult.all(of: Sample(Self.record(pair.0)), decoder)
      let wanted = try JSONNode(pair.1.utf8).items
      #expect(outcomes.count == wanted.count, "\(name) line \(index + 1): \(outcomes)")
      for (item, (outcome, row)) in zip(outcomes, wanted).enumerated() {
        let place: Comment = "\(name) line \(index + 1), item \(item)"
        if let rule = row["skipped"]?.text {
          #expect(outcome == .skipped(rule), place)
        } else if case .row(let fields) = outcome {
          for (column, value) in row.members { compare(fields[column], value, column, place) }
        } else {
          Issue.record("\(place): \(outcome)")
        }
      }
    }
  }

  @Test(arguments: names)
  func everyRejectedSampleGivesItsReasonAndField(name: String) throws {
    let profile = try #require(try Self.shelf?.profile(name))
    let decoder = RecordDecoder(stream: profile.stream, profile: profile)
    let samples = Self.lines(name, "rejected")
    #expect(!samples.isEmpty)
    for (index, line) in samples.enumerated() {
      let object = try JSONNode(line.utf8)
      let record = try #require(Fixture.member("record", of: line) ?? Fixture.base64(of: line))
      let outcomes = ItemResult.all(of: Sample(record), decoder)
      let item = object["item"].flatMap { node -> Int? in
        if case .number(let text) = node { Int(text) } else { nil }
      }
      let outcome = outcomes.indices.contains(item ?? 0) ? outcomes[item ?? 0] : nil
      #expect(
        outcome == .refused(object["why"]?.text ?? "", object["field"]?.text),
        "\(name) line \(index + 1): \(outcomes)")
    }
  }

  private func compare(
    _ field: RowField.Value?, _ wanted: JSONNode, _ column: String, _ place: Comment
  ) {
    let isSame =
      switch (field, wanted) {
      case (.null, .null), (nil, .null): true
      case (.text(let text), .string(let other)):
        text == other || sameTime(text, other)
      case (.number(let text), .string(let other)), (.number(let text), .number(let other)):
        Decimal(string: text) == Decimal(string: other)
      case (.boolean(let flag), .boolean(let other)): flag == other
      case (.json(let text), _): (try? JSONNode(text.utf8)).map { same($0, wanted) } ?? false
      case (.texts(let texts), .array(let items)): texts == items.compactMap(\.text)
      default: false
      }
    #expect(isSame, "\(place): \(column) is \(String(describing: field)), not \(wanted)")
  }

  /// Numbers by their value, as `jsonb` compares them.
  private func same(_ left: JSONNode, _ right: JSONNode) -> Bool {
    switch (left, right) {
    case (.number(let first), .number(let second)):
      Decimal(string: first) == Decimal(string: second)
    case (.array(let first), .array(let second)):
      first.count == second.count && zip(first, second).allSatisfy(same)
    case (.object(let first), .object(let second)):
      first.count == second.count
        && first.allSatisfy { name, value in second[name].map { same(value, $0) } ?? false }
    default: left == right
    }
  }

  private func sameTime(_ left: String, _ right: String) -> Bool {
    func time(_ text: String) -> Timestamp? {
      Array(text.utf8).withUnsafeBytes { Timestamp(rfc3339: $0) }
    }
    guard let first = time(left) else { return false }
    return first == time(right)
  }

  /// The reasons that the samples of all profiles are refused for.
  static var rejectedReasons: Set<String> {
    Set(names.flatMap { lines($0, "rejected") }.compactMap { try? JSONNode($0.utf8)["why"]?.text })
  }

  /// Every sample that is accepted, as bytes.
  static func records(_ profile: String) -> [[UInt8]] { lines(profile, "accepted").map(record) }

  /// A text in quotes stands for its content.
  private static func record(_ line: String) -> [UInt8] {
    if line.hasPrefix("\""), let text = try? JSONNode(line.utf8).text { return Array(text.utf8) }
    return Array(line.utf8)
  }

  private static func lines(_ profile: String, _ name: String) -> [String] {
    let file = Fixture.schemas.appending(path: "profiles/\(profile)/\(name).ndjson")
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }
}

/// What the page about profiles shows is a profile.
@Suite struct ProfileDocumentTests {
  @Test func theExampleIsAProfileThatAcceptsItsEvent() throws {
    let page = Fixture.schemas.deletingLastPathComponent().appending(path: "docs/profiles.md")
    let lines = try String(contentsOf: page, encoding: .utf8).split(
      separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex(of: "    [profile]"))
    let text = lines[start...].prefix { $0.isEmpty || $0.hasPrefix("    ") }
      .map { $0.dropFirst(4) }.joined(separator: "\n")
    let profile = try ProfileShelf(own: ["example": text]).profile("example")
    let event = """
      {"Records":[{"eventID":"0190b7c2-7000-7c1a-9a53-000000000001","eventTime":"2026-08-21T09:15:02Z",
      "recipientAccountId":"123456789012","eventName":"GetObject","userIdentity":{"arn":"arn:aws:x"},
      "awsRegion":"eu-central-1"}]}
      """
    let results = ItemResult.all(
      of: Sample(event), RecordDecoder(stream: profile.stream, profile: profile))
    guard case .row(let row) = results.first, results.count == 1 else {
      Issue.record("\(results)")
      return
    }
    #expect(row["metadata"] == .json(#"{"region":"eu-central-1"}"#))
  }
}

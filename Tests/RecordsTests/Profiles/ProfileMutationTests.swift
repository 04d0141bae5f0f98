// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Foundation
import Generator
import Records
import Testing

/// Damaged records of others end as rows, as skipped items or as rejections, never as a crash; a
/// run of millions is `ops/fuzz`.
@Suite struct ProfileMutationTests {
  static let mutationsPerProfile =
    ProcessInfo.processInfo.environment["DAYBOOK_FUZZ_MUTATIONS"].flatMap { Int($0) } ?? 4_000

  @Test(arguments: ProfileSamplesTests.names)
  func everyMutationHasAnOutcome(name: String) throws {
    let seed =
      ProcessInfo.processInfo.environment["DAYBOOK_FUZZ_SEED"].flatMap { UInt64($0) }
      ?? UInt64.random(in: .min ... .max)
    print("seed of the mutations of \(name): \(seed)")
    var random = SplitMix(state: seed)
    let profile = try #require(try ProfileSamplesTests.shelf?.profile(name))
    let decoder = RecordDecoder(stream: profile.stream, profile: profile)
    let samples = ProfileSamplesTests.records(name) + (profile.format == .otlp ? Self.spans() : [])
    let damage = Damage(others: samples)
    var counts = (rows: 0, skipped: 0, refused: 0)
    for _ in 0..<Self.mutationsPerProfile {
      guard var bytes = samples.randomElement(using: &random) else { continue }
      damage.apply(to: &bytes, using: &random)
      let outcomes = ItemResult.all(of: Sample(bytes), decoder)
      for outcome in outcomes {
        switch outcome {
        case .row: counts.rows += 1
        case .skipped: counts.skipped += 1
        case .refused: counts.refused += 1
        }
      }
    }
    #expect(counts.rows > 0 && counts.refused > 0, "\(name): \(counts)")
  }

  @Test(arguments: ["otlp"]) func everyTruncationOfProtobufIsRefused(name: String) throws {
    let profile = try #require(try ProfileSamplesTests.shelf?.profile(name))
    let decoder = RecordDecoder(stream: profile.stream, profile: profile)
    let request = try #require(Self.spans().last)
    for length in 2..<request.count {
      let outcomes = ItemResult.all(of: Sample(Array(request.prefix(length))), decoder)
      #expect(outcomes == [.refused("malformed_protobuf", nil)], "the first \(length) bytes")
    }
  }

  @Test(arguments: ["otlp", "cloudtrail", "litellm"])
  func whatASchemaRegistryHasFramedIsRefusedAsThat(name: String) throws {
    let profile = try #require(try ProfileSamplesTests.shelf?.profile(name))
    let decoder = RecordDecoder(stream: profile.stream, profile: profile)
    let frame: [UInt8] = [0, 0, 0, 0, 7]
    // Avro; Protobuf with its message index.
    for content in [[0x02, 0x06, 0x66, 0x6f, 0x6f], [0x00] + (Self.spans().last ?? [])] {
      let outcomes = ItemResult.all(of: Sample(frame + content), decoder)
      #expect(outcomes == [.refused("schema_registry_format", nil)])
    }
    // JSON in a frame is read.
    let sample = try #require(ProfileSamplesTests.records(name).first)
    let outcomes = ItemResult.all(of: Sample(frame + sample), decoder)
    #expect(outcomes == ItemResult.all(of: Sample(sample), decoder))
  }

  /// The same spans in both encodings are the same rows.
  @Test func bothEncodingsOfOTLPGiveTheSameRows() throws {
    let profile = try #require(try ProfileSamplesTests.shelf?.profile("otlp"))
    let decoder = RecordDecoder(stream: profile.stream, profile: profile)
    let spans = Self.spans(count: 700)
    #expect(spans.count == 2)
    let results = spans.map { ItemResult.all(of: Sample($0), decoder) }
    #expect(results[0].count == 700 && results[0] == results[1])
    for result in results[0] {
      guard case .row = result else {
        Issue.record("\(result)")
        return
      }
    }
  }

  /// Requests of generated spans, in JSON and in Protobuf.
  static func spans(count: Int = 3) -> [[UInt8]] {
    SpanBatch.Encoding.allCases.map { encoding in
      var settings = GeneratorSettings(seed: 5, count: count, end: testNow)
      settings.invocationFraction = 1
      settings.formats = [(.plain, weight: 1)]
      var generator = RecordGenerator(settings)
      var batch = SpanBatch(encoding, sizes: count...count)
      while generator.next() != nil { _ = batch.add(generator.payload ?? []) }
      return batch.take()
    }
  }
}

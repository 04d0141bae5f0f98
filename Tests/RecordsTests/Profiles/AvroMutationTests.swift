// SPDX-License-Identifier: Apache-2.0
import Foundation
import Generator
import Records
import Testing

/// The same for records of Avro, and for the schemas that they are read by.
extension ProfileMutationTests {
  private static var seed: UInt64 {
    ProcessInfo.processInfo.environment["DAYBOOK_FUZZ_SEED"].flatMap { UInt64($0) }
      ?? UInt64.random(in: .min ... .max)
  }

  @Test func everyMutationOfAvroHasAnOutcome() throws {
    let seed = Self.seed
    print("seed of the mutations of avro: \(seed)")
    var random = SplitMix(state: seed)
    let samples = AvroSample.all
    let schemas = GivenSchemas(
      Dictionary(
        uniqueKeysWithValues: try samples.map {
          (UInt32($0.line), .avro(try AvroSchema($0.schema)))
        }))
    let profile = try AvroSample.profile
    let decoder = RecordDecoder(
      stream: profile.stream, profile: profile, schemas: SchemaView(schemas))
    let damage = Damage(others: samples.map(\.record))
    var counts = (rows: 0, refused: 0)
    for _ in 0..<Self.mutationsPerProfile {
      guard let sample = samples.randomElement(using: &random) else { continue }
      var record = sample.record
      damage.apply(to: &record, using: &random)
      let framed = AvroSample.framed(record, id: UInt32(sample.line))
      for outcome in ItemResult.all(of: Sample(framed), decoder) {
        if case .row = outcome { counts.rows += 1 } else { counts.refused += 1 }
      }
    }
    #expect(counts.rows > 0 && counts.refused > 0, "\(counts)")
  }

  /// A schema comes from outside, too; with what remains of it, its record is read.
  @Test func everyMutationOfASchemaHasAnOutcome() throws {
    let seed = Self.seed
    print("seed of the mutations of schemas: \(seed)")
    var random = SplitMix(state: seed)
    let samples = AvroSample.all
    let damage = Damage(others: samples.map(\.schema))
    var counts = (usable: 0, refused: 0)
    for _ in 0..<Self.mutationsPerProfile {
      guard let sample = samples.randomElement(using: &random) else { continue }
      var text = sample.schema
      damage.apply(to: &text, using: &random)
      do throws(AvroSchemaFault) {
        _ = AvroReadingTests.read(sample.record, by: try AvroSchema(text))
        counts.usable += 1
      } catch {
        counts.refused += 1
      }
    }
    #expect(counts.usable > 0 && counts.refused > 0, "\(counts)")
  }
}

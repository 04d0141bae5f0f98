// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Generator
import Records
import Testing

/// The generator's promises, checked with the decoder that ingests.
@Suite struct GeneratedRecordsTests {
  static let end = Timestamp(unixMicroseconds: 1_795_000_000_000_000)

  static func settings(seed: UInt64, count: Int) -> GeneratorSettings {
    var settings = GeneratorSettings(seed: seed, count: count, end: end)
    settings.duplicateFraction = 0.02
    settings.conflictFraction = 0.01
    settings.badFraction = 0.1
    return settings
  }

  @Test(arguments: [1, 42, 20_261_121] as [UInt64])
  func everyRecordIsWhatItClaims(seed: UInt64) {
    var generator = RecordGenerator(Self.settings(seed: seed, count: 5_000))
    let judge = Judge(now: Self.end)
    while let kind = generator.next() {
      let verdict = judge.verdict(on: generator)
      if case .bad(let bad) = kind {
        #expect(verdict == bad.reason, "\(bad), seed \(seed)")
      } else {
        #expect(verdict == nil, "\(kind), seed \(seed)")
      }
    }
  }

  @Test(arguments: BadKind.allCases)
  func everyBadKindHasAKnownReason(kind: BadKind) {
    #expect(Reason(code: kind.reason) != nil)
  }

  @Test func everyBadKindIsGenerated() {
    var settings = Self.settings(seed: 7, count: 60_000)
    settings.badFraction = 1
    var generator = RecordGenerator(settings)
    while generator.next() != nil {}
    #expect(Set(generator.summary.bad.keys) == Set(BadKind.allCases))
    #expect(generator.summary.badCount == 60_000)
  }

  @Test func theSameSeedGivesTheSameBytes() {
    var first = RecordGenerator(Self.settings(seed: 3, count: 3_000))
    var second = RecordGenerator(Self.settings(seed: 3, count: 3_000))
    var other = RecordGenerator(Self.settings(seed: 4, count: 3_000))
    var differences = 0
    while let kind = first.next() {
      #expect(second.next() == kind)
      _ = other.next()
      #expect(first.payload == second.payload)
      #expect(first.key == second.key)
      #expect(first.headers.map(\.value) == second.headers.map(\.value))
      if first.payload != other.payload { differences += 1 }
    }
    #expect(second.next() == nil)
    #expect(first.summary == second.summary)
    #expect(differences > 2_900)
  }

  @Test func theSummaryAgreesWithTheRecords() {
    var generator = RecordGenerator(Self.settings(seed: 11, count: 20_000))
    let judge = Judge(now: Self.end)
    var seen: [String: [UInt8]] = [:]
    var duplicates = 0
    var conflicts = 0
    var units: Int128 = 0
    while let kind = generator.next() {
      if case .bad = kind { continue }
      guard judge.verdict(on: generator) == nil else { continue }
      let identity = judge.lastIdentity
      if let earlier = seen[identity] {
        if earlier == judge.lastContent { duplicates += 1 } else { conflicts += 1 }
      } else {
        seen[identity] = judge.lastContent
        units += judge.lastCostUnits
      }
    }
    let summary = generator.summary
    #expect(seen.count == summary.unique)
    #expect(duplicates == summary.duplicates)
    #expect(conflicts == summary.conflicts)
    #expect(duplicates > 200 && conflicts > 100)
    #expect(units == summary.costByCurrency.values.reduce(0) { $0 + $1.units })
    #expect(
      summary.produced
        == summary.unique + summary.duplicates + summary.conflicts + summary.badCount)
  }
}

// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Records
import Testing

/// Damaged records end as a row or as a rejection, never as a crash.
@Suite struct MutationTests {
  @Test(arguments: Stream.all)
  func everyTruncationIsRefused(stream: Stream) throws {
    let decoder = RecordDecoder(stream: stream)
    for fixture in try Fixture.accepted(stream) {
      guard let payload = fixture.sample.payload else { continue }
      for length in 0..<payload.count {
        let rejection = Sample(Array(payload.prefix(length))).rejection(with: decoder)
        #expect(rejection != nil, "line \(fixture.line), first \(length) bytes")
      }
    }
  }

  @Test(arguments: Stream.all)
  func everyChangedByteGivesARowOrARejection(stream: Stream) throws {
    let seed = UInt64.random(in: .min ... .max)
    print("seed of the mutations: \(seed)")
    var random = SplitMix(state: seed)
    let decoder = RecordDecoder(stream: stream)
    var accepted = 0
    var rejected = 0
    let fixtures = try Fixture.accepted(stream) + Fixture.rejected(stream)
    for fixture in fixtures {
      guard let payload = fixture.sample.payload, payload.count < 4096 else { continue }
      for index in payload.indices {
        var sample = fixture.sample
        sample.payload?[index] = UInt8(truncatingIfNeeded: random.next())
        do {
          let row = try sample.row(with: decoder)
          #expect(row.fieldCount == stream.storedColumns.count)
          accepted += 1
        } catch {
          #expect(error is Rejection)
          rejected += 1
        }
      }
    }
    #expect(accepted > 0 && rejected > 0)
  }
}

/// Steele, Lea, Flood: "Fast splittable pseudorandom number generators".
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}

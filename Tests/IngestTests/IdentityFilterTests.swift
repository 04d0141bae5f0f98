// SPDX-License-Identifier: Apache-2.0
import Ingest
import Testing

struct IdentityFilterTests {
  @Test func remembersWhatItHasSeen() {
    var filter = IdentityFilter(slotBits: 16)
    var hash: UInt64 = 0x1234_5678_9abc_def0
    for _ in 0..<10_000 {
      hash = hash &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      #expect(filter.insert(hash))
      #expect(!filter.insert(hash))
    }
  }

  @Test func forgetsTheOldWhenFullAndNeverGrows() {
    var filter = IdentityFilter(slotBits: 4)
    var fresh = 0
    for hash in UInt64(1)...1000 where filter.insert(hash << 32 | hash) { fresh += 1 }
    #expect(fresh == 1000)
    #expect(filter.insert(1 << 32 | 1))
  }

  @Test func zeroIsAnIdentityToo() {
    var filter = IdentityFilter(slotBits: 4)
    #expect(filter.insert(0))
    #expect(!filter.insert(0))
  }
}

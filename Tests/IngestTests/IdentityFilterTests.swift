// SPDX-License-Identifier: Apache-2.0
import Testing

// SPDX-License-Identifier: Apache-2.0
@testable import Ingest

struct IdentityFilterTests {
  @Test func remembersWhatItHasSeen() {
    let filter = IdentityFilter(slotBits: 16)
    var hash: UInt64 = 0x1234_5678_9abc_def0
    for _ in 0..<10_000 {
      hash = hash &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let isNew = filter.insert(hash)
      let isNewAgain = filter.insert(hash)
      #expect(isNew && !isNewAgain)
    }
  }

  @Test func forgetsTheOldWhenFullAndNeverGrows() {
    let filter = IdentityFilter(slotBits: 4)
    var fresh = 0
    for number in UInt64(1)...1000 where filter.insert(Self.mixed(number)) { fresh += 1 }
    #expect(fresh == 1000)
    let isNewAgain = filter.insert(Self.mixed(1))
    #expect(isNewAgain)
  }

  /// As identities come: every bit depends on every other.
  static func mixed(_ number: UInt64) -> UInt64 {
    let product = number.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
    return (product.high ^ product.low) &* 0xd6e8_feb8_6659_fd93
  }

  @Test func zeroIsAnIdentityToo() {
    let filter = IdentityFilter(slotBits: 4)
    let isNew = filter.insert(0)
    let isNewAgain = filter.insert(0)
    #expect(isNew && !isNewAgain)
  }
}

// SPDX-License-Identifier: Apache-2.0

/// Some of the rates of ``PriceRates``.
package struct RateSet: OptionSet, Sendable, Hashable, BitwiseCopyable {
  package let rawValue: UInt16

  package init(rawValue: UInt16) {
    self.rawValue = rawValue
  }

  package static let input = RateSet(rawValue: 1 << 0)
  package static let output = RateSet(rawValue: 1 << 1)
  package static let cacheReadInput = RateSet(rawValue: 1 << 2)
  package static let cacheCreationInput = RateSet(rawValue: 1 << 3)
  package static let cacheCreation1hInput = RateSet(rawValue: 1 << 4)
  package static let reasoningOutput = RateSet(rawValue: 1 << 5)
  package static let audioInput = RateSet(rawValue: 1 << 6)
  package static let audioOutput = RateSet(rawValue: 1 << 7)
  package static let cacheReadAudioInput = RateSet(rawValue: 1 << 8)
  package static let cacheCreationAudioInput = RateSet(rawValue: 1 << 9)
}

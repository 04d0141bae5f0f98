// SPDX-License-Identifier: Apache-2.0

/// A field of an entry that prices tokens: which rate, above how many input tokens, in which tier.
struct LiteLLMField: Hashable {
  enum Rate: String, CaseIterable {
    case input = "input_cost_per_token"
    case output = "output_cost_per_token"
    case cacheRead = "cache_read_input_token_cost"
    case cacheCreation = "cache_creation_input_token_cost"
    /// One hour is how long the cache lives, no threshold.
    case cacheCreation1h = "cache_creation_input_token_cost_above_1hr"
    case reasoning = "output_cost_per_reasoning_token"
    case audioInput = "input_cost_per_audio_token"
    case audioOutput = "output_cost_per_audio_token"
    case cacheReadAudio = "cache_read_input_audio_token_cost"
    case cacheCreationAudio = "cache_creation_input_audio_token_cost"

    /// LiteLLM looks for thresholds only at these.
    var hasThresholds: Bool {
      switch self {
      case .input, .output, .cacheRead, .cacheCreation, .cacheCreation1h: true
      case .reasoning, .audioInput, .audioOutput, .cacheReadAudio, .cacheCreationAudio: false
      }
    }
  }

  var rate: Rate
  /// Input tokens; nil: the rate without a threshold.
  var threshold: Int64?
  var tier: LiteLLMTier = .standard

  init(_ rate: Rate, _ threshold: Int64? = nil, _ tier: LiteLLMTier = .standard) {
    self.rate = rate
    self.threshold = threshold
    self.tier = tier
  }

  /// An older name of the cache's rate.
  private static let cacheHit = "input_cost_per_token_cache_hit"
  private static let thresholdsMax: Int64 = 1_000_000_000

  /// Nil for every other field.
  init?(_ name: String) {
    if name == Self.cacheHit {
      self.init(.cacheRead)
      return
    }
    var rest = Substring(name)
    var tier = LiteLLMTier.standard
    for candidate in LiteLLMTier.allCases where candidate != .standard {
      guard rest.hasSuffix("_" + candidate.suffix) else { continue }
      rest = rest.dropLast(candidate.suffix.count + 1)
      tier = candidate
      break
    }
    var threshold: Int64?
    if rest.hasSuffix("_tokens"), let mark = rest.lastRange(of: "_above_") {
      guard let tokens = Self.tokens(rest[mark.upperBound...].dropLast("_tokens".count)) else {
        return nil
      }
      threshold = tokens
      rest = rest[..<mark.lowerBound]
    }
    guard let rate = Rate(rawValue: String(rest)), threshold == nil || rate.hasThresholds,
      tier == .standard || rate != .audioOutput
    else { return nil }
    self.init(rate, threshold, tier)
  }

  /// `272k` and `272000`.
  private static func tokens(_ text: Substring) -> Int64? {
    let isThousands = text.hasSuffix("k")
    let digits = isThousands ? text.dropLast() : text
    guard digits.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }), let number = Int64(digits),
      number <= thresholdsMax
    else { return nil }
    return isThousands ? number * 1000 : number
  }
}

extension Substring {
  fileprivate func lastRange(of text: String) -> Range<Index>? {
    var start = endIndex
    while start > startIndex {
      start = index(before: start)
      if self[start...].hasPrefix(text) {
        return start..<index(start, offsetBy: text.count)
      }
    }
    return nil
  }
}

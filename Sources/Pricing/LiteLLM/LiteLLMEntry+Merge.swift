// SPDX-License-Identifier: Apache-2.0

extension LiteLLMEntry {
  /// One entry that says what all of them say, which mean the same model; nil when two contradict
  /// each other.
  static func merged(_ entries: [LiteLLMEntry]) -> LiteLLMEntry? {
    guard var merged = entries.first else { return nil }
    for other in entries.dropFirst() {
      guard merged.steps.isEmpty || other.steps.isEmpty || merged.steps == other.steps,
        agree(merged.rates, other.rates), agree(merged.multipliers, other.multipliers),
        agree(merged.imageOutput, other.imageOutput),
        merged.fast == nil || other.fast == nil || merged.fast == other.fast
      else { return nil }
      if merged.steps.isEmpty { merged.steps = other.steps }
      merged.rates.merge(other.rates) { own, _ in own }
      merged.multipliers.merge(other.multipliers) { own, _ in own }
      merged.imageOutput.merge(other.imageOutput) { own, _ in own }
      // It prices nothing.
      merged.mediaInput.merge(other.mediaInput) { $0.union($1) }
      merged.fast = merged.fast ?? other.fast
      merged.unsupported += other.unsupported
    }
    return merged
  }

  private static func agree<Key>(
    _ left: [Key: UnitPrice], _ right: [Key: UnitPrice]
  ) -> Bool {
    right.allSatisfy { left[$0.key] == nil || left[$0.key] == $0.value }
  }
}

// SPDX-License-Identifier: Apache-2.0
import Pricing

/// Why our price of a call is not LiteLLM's. Whatever none of these explains fails the test.
enum LiteLLMDeviation: String, CaseIterable {
  /// LiteLLM: half of the standard price, a guess ("usually half"). Here: the standard price.
  case batchWithoutPrice = "no price for batches: LiteLLM guesses half"
  /// LiteLLM does so for Anthropic's.
  case batchInRegion = "LiteLLM prices batches without the region"
  /// LiteLLM: as the rest of the batch, without what caches save and audio costs. Here: scaled.
  case derivedBatchRate = "no batch price for tokens of this kind: LiteLLM takes that of the others"
  /// LiteLLM: as text, where there is no rate for cached audio; written audio always.
  case audioInCache = "audio that was cached or written: LiteLLM takes it for text"
  /// LiteLLM: 0, or no answer. Here: not priced.
  case noTokenPrice = "no price for tokens: LiteLLM says 0 or nothing"
  /// Per query, image, second: LiteLLM says 0 for the tokens. Here: not priced.
  case pricedOtherwise = "tokens are 0 and something else has a price: LiteLLM says 0"
  /// LiteLLM: those tokens are free. Here: not priced.
  case missingRate = "no price for tokens of this kind: LiteLLM takes 0 for them"
  /// LiteLLM: as text, where nothing tells them apart. Here: not priced.
  case untoldOutput = "output may be tokens of images at another price: not priced"
  /// LiteLLM's own function for the provider leaves the tier out; its list has prices for it.
  case fireworksTier = "LiteLLM prices Fireworks without the service tier"
  /// LiteLLM's own function for the provider leaves cached and audio tokens' prices out.
  case perplexityFormula = "LiteLLM prices Perplexity by input and output only"
  /// LiteLLM refuses its own entry by the provider that stands in it.
  case azureText = "LiteLLM does not find azure_text entries by their provider"
  /// One model of one provider twice in the list, in whatever region; the import names both and
  /// takes none.
  case conflict = "the list prices the model twice: not priced"
  /// LiteLLM reads one of them. Here: what both say.
  case completed = "two entries of the model complete each other: LiteLLM reads one"
  /// LiteLLM finds no entry by such a name: in capitals, or with the provider in front.
  case nameForm = "LiteLLM does not know this form of the name"
  /// LiteLLM has no step for a call without input, and takes 0 for its output.
  case ladderWithoutInput = "no input: LiteLLM finds no step of the ladder and says 0"
  /// A call within off-peak hours: only the price outside of them is imported.
  case offPeak = "off-peak prices are not supported"

  /// Nil: unexplained.
  init?(_ one: LiteLLMCase, _ ours: PriceOutcome, standard: PriceOutcome, _ list: LiteLLMPriceList)
  {
    func has(_ fact: Substring) -> Bool { one.facts.contains(fact) }
    let theirs = one.cost
    let isNothing = theirs == nil || theirs == 0
    let isGeneric = LiteLLMComparison.isEqual(ours, one.genericCost)
    let explains: (LiteLLMDeviation) -> Bool = { deviation in
      switch deviation {
      case .batchWithoutPrice:
        guard case .priced(let price) = ours, case .priced(let other) = standard else {
          return false
        }
        return one.tier == "batch" && has("no_batch_rate") && price.cost == other.cost
      case .derivedBatchRate:
        return one.tier == "batch" && !has("no_batch_rate") && isGeneric
      case .audioInCache: return has("audio_in_cache") && isGeneric
      case .noTokenPrice:
        guard case .unpriced = ours else { return false }
        return isNothing && has("no_input_rate")
          && has("no_output_rate") && !has("ladder")
      case .pricedOtherwise:
        return ours == .unpriced(.unknownModel) && isNothing
          && list.pricedOtherwise.contains(one.key)
      case .missingRate:
        return ours == .unpriced(.noRate) && (has("no_input_rate") || has("no_output_rate"))
      case .untoldOutput:
        return ours == .unpriced(.noRate) && one.usage.outputTokens > 0
          && list.untoldOutput.contains(one.key)
      case .fireworksTier:
        return one.provider == "fireworks_ai" && one.tier != "standard" && isGeneric
      case .perplexityFormula: return one.provider == "perplexity" && isGeneric
      case .azureText: return one.provider == "azure_text" && isGeneric
      case .conflict:
        return ours == .unpriced(.unknownModel)
          && list.isUnread(LiteLLMName(key: one.key, provider: one.provider, .documented).model)
      case .completed:
        return has("twice") && (isGeneric || one.tier != PriceBook.standardTier)
      case .batchInRegion: return has("uplift") && one.tier == "batch" && isGeneric
      case .nameForm: return has("form") && theirs == nil && isGeneric
      case .ladderWithoutInput:
        return has("ladder") && one.usage.inputTokens == 0 && theirs == 0
      case .offPeak: return has("off_peak")
      }
    }
    guard let found = Self.allCases.first(where: explains) else { return nil }
    self = found
  }
}

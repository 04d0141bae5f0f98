// SPDX-License-Identifier: Apache-2.0
import Pricing

/// Resolves the names of a declaration to indexes, and moves its texts to an arena.
struct PlanCompiler {
  let stream: Stream
  let arena: Arena

  func index(_ name: String) -> Int {
    guard let index = stream.index(of: name) else {
      preconditionFailure("\(stream.table) has no column \(name)")
    }
    return index
  }

  func plan(_ column: Column) -> ColumnPlan {
    ColumnPlan(
      kind: kind(column), requirement: requirement(column.requirement),
      fallback: column.fallback.map { value($0, of: column) } ?? .null, source: column.source)
  }

  func plan(_ rule: Rule) -> RulePlan {
    switch rule {
    case .atMost(let parts, let whole):
      .atMost(parts: arena.copy(parts.map(index)), whole: index(whole))
    case .notAbove(let lower, let upper): .notAbove(index(lower), index(upper))
    case .zero(let columns, let condition, let values):
      .zero(arena.copy(columns.map(index)), when: index(condition), in: texts(values))
    }
  }

  /// `paths` are those of the scopes, with their dots.
  func plan(_ watch: Watch, paths: [String]) -> WatchPlan {
    let words = WatchedWords(texts(watch.words + watch.failureWords))
    return WatchPlan(
      words: words,
      ownWords: WatchedWords(texts(watch.words + watch.failureWords + watch.ownWords)),
      neutralWords: WatchedWords(texts(watch.words)),
      failureWords: WatchedWords(texts(watch.failureWords)), remarks: texts(watch.remarks),
      identityWords: WatchedWords(texts(watch.identityWords)),
      isDeep: watch.isDeep, looks: arena.copy(paths.map { look(watch, words, into: $0) }),
      total: arena.copy(watch.totals.of.map(index)),
      doubt: watch.doubt.map {
        ColumnPlan.Fill(column: index($0.column), value: .text(arena.copy($0.text)))
      })
  }

  private func look(
    _ watch: Watch, _ words: WatchedWords, into path: String
  ) -> WatchPlan.Look {
    if path.isEmpty { return .withWords }
    guard watch.isDeep else {
      return watch.objects.contains { path == $0 + "." } ? .withWords : .nothing
    }
    return words.isOne(in: arena.copy(path)) ? .all : .withWords
  }

  func plan(_ signal: Signal) -> SignalPlan {
    let column = stream.columns[index(signal.column)]
    guard case .choice(let choices, _) = column.kind else {
      preconditionFailure("\(column.name) has no vocabulary")
    }
    func spelling(_ text: String) -> ColumnPlan.Choice? {
      choices.first { $0.spelling == text }.map { choice($0, of: column) }
    }
    return SignalPlan(
      column: index(signal.column), reading: signal.reading, mustAgree: signal.mustAgree,
      success: spelling("success"),
      failure: spelling("failure"), unknown: spelling("unknown"))
  }

  func plan(_ rollup: Rollup) -> RollupPlan {
    RollupPlan(
      project: index(rollup.project), provider: index(rollup.provider),
      models: arena.copy(rollup.models.map(index)), serviceTier: index(rollup.serviceTier),
      cost: index(rollup.cost), currency: index(rollup.currency),
      failedColumn: index(rollup.failed.column), failedText: arena.copy(rollup.failed.text),
      estimatedColumn: index(rollup.estimated.column),
      estimatedText: arena.copy(rollup.estimated.text),
      inputTokens: index(rollup.inputTokens), outputTokens: index(rollup.outputTokens),
      cacheReadInputTokens: index(rollup.cacheReadInputTokens),
      cacheCreationInputTokens: index(rollup.cacheCreationInputTokens),
      reasoningOutputTokens: index(rollup.reasoningOutputTokens))
  }

  func firstTier(_ pricing: PricedColumns) -> FirstTier {
    FirstTier(
      column: index(pricing.serviceTier), spelling: arena.copy(ServiceTier.fast),
      fingerprinted: .text(arena.copy(ServiceTier.priority)))
  }

  func plan(_ pricing: PricedColumns) -> PricingPlan {
    PricingPlan(
      provider: index(pricing.provider), region: index(pricing.region),
      responseModel: index(pricing.responseModel),
      requestModel: index(pricing.requestModel), serviceTier: index(pricing.serviceTier),
      inputTokens: index(pricing.inputTokens), outputTokens: index(pricing.outputTokens),
      cacheReadInputTokens: index(pricing.cacheReadInputTokens),
      cacheCreationInputTokens: index(pricing.cacheCreationInputTokens),
      cacheCreation1hInputTokens: index(pricing.cacheCreation1hInputTokens),
      reasoningOutputTokens: index(pricing.reasoningOutputTokens),
      audioInputTokens: index(pricing.audioInputTokens),
      audioOutputTokens: index(pricing.audioOutputTokens), cost: index(pricing.cost),
      currency: index(pricing.currency), source: index(pricing.source.column),
      version: index(pricing.version), computed: .text(arena.copy(pricing.source.computed)),
      tierNames: arena.copy(
        ServiceTier.otherSpellings.map { spelling, name in
          PricingPlan.TierName(spelling: arena.copy(spelling), stored: .text(arena.copy(name)))
        }),
      providerText: arena.bytes(count: ProviderNames.bytesMax),
      tierText: arena.bytes(count: ServiceTier.bytesMax),
      currencyText: arena.bytes(count: 3),
      versionText: arena.bytes(count: PricingPlan.versionBytesMax))
  }

  private func kind(_ column: Column) -> ColumnPlan.Kind {
    switch column.kind {
    case .uuid: .uuid
    case .timestamp: .timestamp
    case .text(let rule) where rule.alphabet == .lowerCase || rule.alphabet == .hexadecimal:
      .folded(rule, scratch: arena.bytes(count: rule.charactersMax * 4))
    case .text(let rule): .text(rule)
    case .choice(let choices, let otherwise):
      .choice(arena.copy(choices.map { choice($0, of: column) }), otherwise: otherwise)
    case .integer(let width, let range):
      .integer(width, min: range.lowerBound, max: range.upperBound)
    case .boolean: .boolean
    case .amount: .amount
    case .currency: .currency(scratch: arena.bytes(count: 3))
    case .json(let rule): .json(rule)
    case .textArray(let countMax, let rule): .textArray(countMax: countMax, rule)
    case .inet: .inet
    case .set(.null): .set(given: 0, then: .null, else: .null)
    case .set(.given(let other, let then, let otherwise)):
      .set(
        given: index(other), then: .text(arena.copy(then)), else: .text(arena.copy(otherwise)))
    }
  }

  private func choice(_ choice: Choice, of column: Column) -> ColumnPlan.Choice {
    ColumnPlan.Choice(
      spelling: arena.copy(choice.spelling), number: choice.number,
      stored: value(choice.stored, of: column),
      fill: choice.fill.map {
        ColumnPlan.Fill(column: index($0.column), value: .text(arena.copy($0.text)))
      })
  }

  private func requirement(_ requirement: Column.Requirement) -> ColumnPlan.Requirement {
    switch requirement {
    case .optional: .optional
    case .always: .always
    case .unless(let column, let values): .unless(index(column), in: texts(values))
    case .with(let column): .with(index(column))
    }
  }

  private func value(_ literal: Column.Literal, of column: Column) -> Value {
    switch literal {
    case .text(let text): .text(arena.copy(text))
    case .integer(let number):
      switch column.kind {
      case .integer(.bigint, _): .bigint(Int64(number))
      case .integer(.integer, _): .integer(Int32(number))
      default: .smallint(Int16(number))
      }
    }
  }

  private func texts(_ texts: [String]) -> UnsafeBufferPointer<UnsafeRawBufferPointer> {
    arena.copy(texts.map(arena.copy))
  }
}

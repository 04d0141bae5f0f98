// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// The price catalogue at one version: an immutable snapshot for any number of threads.
///
/// A look-up allocates nothing. Its time grows with the number of alias patterns only for names
/// that neither the catalogue nor an exact alias knows.
package final class PriceBook: Sendable {
  package static let standardTier = "standard"
  package static let empty = PriceBook(version: 0, entries: [], aliases: [])
  /// Scope of aliases that hold for every provider.
  static let anyProvider: Int32 = .max
  /// Of tiers: rows of a higher number are met first.
  static let standardTierNumber: Int32 = 0
  static let priorityTierNumber: Int32 = 1
  static let fastTierNumber: Int32 = 2

  package let version: Int64
  /// As given, with canonical names of providers.
  package let entries: [PriceEntry]
  let providers: NameTable
  package let providerNames: ProviderNames
  let aliasProviders: [Int32]
  let tiers: NameTable
  /// Numbers are scopes of `models`, scopes those of `providers`.
  let regions: NameTable
  /// By the number of the provider, its scope of ``PriceRegion/named``; negative: it has none.
  let namedRegions: [Int32]
  /// Numbers are those of `groups`, scopes those of `providers` and `regions`.
  let models: NameTable
  /// Those that no other name is but for the case of ASCII letters.
  let foldedModels: NameTable
  let groups: [PriceGroup]
  let rows: [PriceRow]
  let exactAliases: NameTable
  let patternAliases: PatternSet
  let aliasTargets: [AliasTarget]
  let aliasNames: [UInt8]

  package init(
    version: Int64, entries: [PriceEntry], aliases: [PriceAlias],
    providers names: ProviderNames = .documented
  ) {
    var builder = PriceBookBuilder(entries, aliases, names)
    builder.build()
    self.version = version
    self.entries = builder.entries
    providers = builder.providerTable
    providerNames = names
    aliasProviders = builder.aliasProviders
    tiers = builder.tierTable
    regions = builder.regionTable
    namedRegions = builder.namedRegions
    models = builder.modelTable
    foldedModels = builder.foldedModelTable
    groups = builder.groups
    rows = builder.rows
    exactAliases = builder.exactAliases
    patternAliases = builder.patternAliases
    aliasTargets = builder.aliasTargets
    aliasNames = builder.aliasNames
  }

  /// What the catalogue says about one call, whose texts are UTF-8.
  package func outcome(
    provider: UnsafeRawBufferPointer, region: UnsafeRawBufferPointer?,
    responseModel: UnsafeRawBufferPointer?, requestModel: UnsafeRawBufferPointer,
    serviceTier: UnsafeRawBufferPointer, usage: TokenUsage, at time: Timestamp
  ) -> PriceOutcome {
    let group = group(provider, region, responseModel, requestModel)
    guard group >= 0 else { return .unpriced(.unknownModel) }
    let index = row(group, serviceTier, usage.inputTokens, time)
    guard index >= 0 else {
      // What a region costs may be known for other times than the rest.
      guard region != nil else { return .unpriced(.noPriceInForce) }
      return outcome(
        provider: provider, region: nil, responseModel: responseModel, requestModel: requestModel,
        serviceTier: serviceTier, usage: usage, at: time)
    }
    let row = rows[Int(index)]
    switch row.rates.charge(for: usage) {
    case .success(let cost):
      return .priced(PricedCost(cost: cost, priceID: row.priceID, currency: row.currency))
    case .failure(let reason):
      return .unpriced(reason)
    }
  }

  /// The same for texts.
  package func outcome(
    provider: String, region: String?, responseModel: String?, requestModel: String,
    serviceTier: String, usage: TokenUsage, at time: Timestamp
  ) -> PriceOutcome {
    withBytes(provider) { provider in
      withOptionalBytes(region) { region in
        withOptionalBytes(responseModel) { responseModel in
          withBytes(requestModel) { requestModel in
            withBytes(serviceTier) {
              outcome(
                provider: provider, region: region, responseModel: responseModel,
                requestModel: requestModel, serviceTier: $0, usage: usage, at: time)
            }
          }
        }
      }
    }
  }

  /// The row that ``outcome(provider:region:responseModel:requestModel:serviceTier:usage:at:)``
  /// uses; nil when the model is unknown or no price was in force.
  package func entry(
    provider: String, region: String?, responseModel: String?, requestModel: String,
    serviceTier: String, inputTokens: Int64, at time: Timestamp
  ) -> PriceEntry? {
    let group = withBytes(provider) { provider in
      withOptionalBytes(region) { region in
        withOptionalBytes(responseModel) { responseModel in
          withBytes(requestModel) { self.group(provider, region, responseModel, $0) }
        }
      }
    }
    guard group >= 0 else { return nil }
    let index = withBytes(serviceTier) { row(group, $0, inputTokens, time) }
    if index >= 0 { return entries[Int(rows[Int(index)].entry)] }
    guard region != nil else { return nil }
    return entry(
      provider: provider, region: nil, responseModel: responseModel, requestModel: requestModel,
      serviceTier: serviceTier, inputTokens: inputTokens, at: time)
  }
}

private func withOptionalBytes<Result>(
  _ text: String?, _ body: (UnsafeRawBufferPointer?) -> Result
) -> Result {
  guard let text else { return body(nil) }
  return withBytes(text) { body($0) }
}

private func withBytes<Result>(
  _ text: String, _ body: (UnsafeRawBufferPointer) -> Result
) -> Result {
  var text = text
  return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
}

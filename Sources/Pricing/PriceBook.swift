// SPDX-License-Identifier: Apache-2.0
package import CopyFormat

/// The price catalogue at one version: an immutable snapshot for any number of threads.
///
/// A look-up allocates nothing. Its time grows with the number of alias patterns only for names that
/// neither the catalogue nor an exact alias knows.
package final class PriceBook: Sendable {
  package static let standardTier = "standard"
  package static let empty = PriceBook(version: 0, entries: [], aliases: [])
  /// Scope of aliases that hold for every provider.
  static let anyProvider: Int32 = .max
  static let standardTierNumber: Int32 = 0

  package let version: Int64
  /// As given, with canonical names of providers.
  package let entries: [PriceEntry]
  let providers: NameTable
  let vertexProvider: Int32
  let tiers: NameTable
  /// Numbers are those of `groups`, scopes those of `providers`.
  let models: NameTable
  let groups: [PriceGroup]
  let rows: [PriceRow]
  let exactAliases: NameTable
  let patternAliases: PatternSet
  let aliasTargets: [AliasTarget]
  let aliasNames: [UInt8]

  package init(version: Int64, entries: [PriceEntry], aliases: [PriceAlias]) {
    var builder = PriceBookBuilder(entries, aliases)
    builder.build()
    self.version = version
    self.entries = builder.entries
    providers = builder.providerTable
    vertexProvider = builder.provider(ProviderName.vertex)
    tiers = builder.tierTable
    models = builder.modelTable
    groups = builder.groups
    rows = builder.rows
    exactAliases = builder.exactAliases
    patternAliases = builder.patternAliases
    aliasTargets = builder.aliasTargets
    aliasNames = builder.aliasNames
  }

  /// What the catalogue says about one call, whose texts are UTF-8.
  package func outcome(
    provider: UnsafeRawBufferPointer, responseModel: UnsafeRawBufferPointer?,
    requestModel: UnsafeRawBufferPointer, serviceTier: UnsafeRawBufferPointer, usage: TokenUsage,
    at time: Timestamp
  ) -> PriceOutcome {
    let group = group(provider, responseModel, requestModel)
    guard group >= 0 else { return .unpriced(.unknownModel) }
    let index = row(group, serviceTier, usage.inputTokens, time)
    guard index >= 0 else { return .unpriced(.noPriceInForce) }
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
    provider: String, responseModel: String?, requestModel: String, serviceTier: String,
    usage: TokenUsage, at time: Timestamp
  ) -> PriceOutcome {
    withBytes(provider) { provider in
      withBytes(requestModel) { requestModel in
        withBytes(serviceTier) { serviceTier in
          withBytes(responseModel ?? "") {
            outcome(
              provider: provider, responseModel: responseModel == nil ? nil : $0,
              requestModel: requestModel, serviceTier: serviceTier, usage: usage, at: time)
          }
        }
      }
    }
  }

  /// The row that ``outcome(provider:responseModel:requestModel:serviceTier:usage:at:)`` uses; nil
  /// when the model is unknown or no price was in force.
  package func entry(
    provider: String, responseModel: String?, requestModel: String, serviceTier: String,
    inputTokens: Int64, at time: Timestamp
  ) -> PriceEntry? {
    let group = withBytes(provider) { provider in
      withBytes(requestModel) { requestModel in
        guard let responseModel else { return self.group(provider, nil, requestModel) }
        return withBytes(responseModel) { self.group(provider, $0, requestModel) }
      }
    }
    guard group >= 0 else { return nil }
    let index = withBytes(serviceTier) { row(group, $0, inputTokens, time) }
    return index >= 0 ? entries[Int(rows[Int(index)].entry)] : nil
  }
}

private func withBytes<Result>(
  _ text: String, _ body: (UnsafeRawBufferPointer) -> Result
) -> Result {
  var text = text
  return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
}

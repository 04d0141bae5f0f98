// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// From names to rows. Numbers instead of optionals: negative is "none".
extension PriceBook {
  /// The group of the more specific of both names, else of the other one. A fine-tuned model is never
  /// priced as the one that it was made of.
  func group(
    _ provider: UnsafeRawBufferPointer, _ responseModel: UnsafeRawBufferPointer?,
    _ requestModel: UnsafeRawBufferPointer
  ) -> Int32 {
    let provider = number(ofProvider: provider)
    guard let responseModel, !responseModel.isEmpty else { return group(provider, requestModel) }
    if isSame(responseModel, requestModel) { return group(provider, responseModel) }
    let isRequestFirst =
      FineTunedName.isOne(requestModel) && !FineTunedName.isOne(responseModel)
      || SpecificName.isMoreSpecific(requestModel, than: responseModel)
    let first = isRequestFirst ? requestModel : responseModel
    let found = group(provider, first)
    if found >= 0 || FineTunedName.isOne(first) { return found }
    return group(provider, isRequestFirst ? responseModel : requestModel)
  }

  private func isSame(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    left.count == right.count && left.elementsEqual(right)
  }

  private func group(_ provider: Int32, _ model: UnsafeRawBufferPointer) -> Int32 {
    let exact = models.number(model, scope: provider)
    if exact >= 0 { return exact }
    let alias = alias(provider, model)
    if alias >= 0 { return target(alias, provider) }
    if let fineTuned = FineTunedName.withoutOwner(model) { return group(provider, fineTuned) }
    guard let undated = DatedName.undated(model) else { return -1 }
    return models.number(undated, scope: provider)
  }

  private func alias(_ provider: Int32, _ model: UnsafeRawBufferPointer) -> Int32 {
    guard !aliasTargets.isEmpty else { return -1 }
    let own = exactAliases.number(model, scope: provider)
    if own >= 0 { return own }
    let shared = exactAliases.number(model, scope: Self.anyProvider)
    if shared >= 0 { return shared }
    return patternAliases.firstMatch(model, provider: provider)
  }

  private func target(_ alias: Int32, _ provider: Int32) -> Int32 {
    let target = aliasTargets[Int(alias)]
    let start = Int(target.nameOffset)
    return aliasNames.withUnsafeBytes { names in
      models.number(
        UnsafeRawBufferPointer(rebasing: names[start..<start + Int(target.nameLength)]),
        scope: target.provider == Self.anyProvider ? provider : target.provider)
    }
  }

  private func number(ofProvider name: UnsafeRawBufferPointer) -> Int32 {
    let known = providers.number(name)
    guard known < 0, vertexProvider >= 0 else { return known }
    let prefix = ProviderName.vertexPrefix
    guard name.count >= prefix.utf8.count,
      zip(name, prefix.utf8).allSatisfy({ $0 | 0x20 == $1 | 0x20 })
    else { return known }
    return vertexProvider
  }

  /// The row of the tier, else of the standard tier, that is in force and has the highest threshold
  /// below `inputTokens`.
  func row(
    _ group: Int32, _ serviceTier: UnsafeRawBufferPointer, _ inputTokens: Int64, _ time: Timestamp
  ) -> Int32 {
    let tier = tiers.number(serviceTier)
    let group = groups[Int(group)]
    for index in group.firstRow..<group.firstRow + group.rowCount {
      let rowTier = rows[Int(index)].tier
      if rowTier == tier || rowTier == Self.standardTierNumber,
        rows[Int(index)].applies(inputTokens, at: time)
      {
        return index
      }
    }
    return -1
  }
}

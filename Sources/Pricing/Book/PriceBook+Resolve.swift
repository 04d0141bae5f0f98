// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// From names to rows. Numbers instead of optionals: negative is "none".
extension PriceBook {
  /// The group of the more specific of both names, or of both together, else of the other one. A
  /// fine-tuned model is never priced as the one that it was made of. Without a group of the region
  /// that of every region.
  func group(
    _ provider: UnsafeRawBufferPointer, _ region: UnsafeRawBufferPointer?,
    _ responseModel: UnsafeRawBufferPointer?, _ requestModel: UnsafeRawBufferPointer
  ) -> Int32 {
    let scopes = scopes(number(ofProvider: provider), region)
    guard let responseModel, !responseModel.isEmpty else {
      return group(scopes, region, requestModel)
    }
    if isSame(responseModel, requestModel) { return group(scopes, region, responseModel) }
    let prefix = SpecificName.prefix(of: requestModel, beforeDated: responseModel)
    if let prefix {
      let found = group(scopes, region, prefix, before: responseModel)
      if found >= 0 { return found }
    }
    let isRequestFirst =
      prefix != nil || SpecificName.isMoreSpecific(requestModel, than: responseModel)
      || FineTunedName.isOne(requestModel) && !FineTunedName.isOne(responseModel)
    let first = isRequestFirst ? requestModel : responseModel
    let found = group(scopes, region, first)
    if found >= 0 || FineTunedName.isOne(first) { return found }
    return group(scopes, region, isRequestFirst ? responseModel : requestModel)
  }

  private func scopes(_ provider: Int32, _ region: UnsafeRawBufferPointer?) -> PriceScopes {
    var scopes = PriceScopes(provider: provider)
    guard provider >= 0, let region, !region.isEmpty else { return scopes }
    scopes.region = regions.number(region, scope: provider)
    if !PriceRegion.isGlobal(region) { scopes.namedRegion = namedRegions[Int(provider)] }
    return scopes
  }

  /// `served` bytes at the end are the response's name, where `model` is that of both together. No
  /// record has that name, so no alias means it; and a price or an alias of the name that was asked
  /// for goes before what is found behind a provider.
  private func group(
    _ scopes: PriceScopes, _ region: UnsafeRawBufferPointer?, _ model: UnsafeRawBufferPointer,
    served: Int = .max
  ) -> Int32 {
    let exact = scopes.number(model, in: models)
    if model.count > served, let asked = DatedName.undated(model) {
      if scopes.number(asked, in: models) >= 0 { return exact }
      if alias(scopes.provider, asked) >= 0 { return -1 }
    }
    if exact >= 0 { return exact }
    if model.count <= served {
      let alias = alias(scopes.provider, model)
      if alias >= 0 { return target(alias, scopes, region) }
    }
    if let fineTuned = FineTunedName.withoutOwner(model) {
      return group(scopes, region, fineTuned, served: served)
    }
    let found = undatedOrFolded(scopes, model)
    if found >= 0 { return found }
    guard scopes.provider >= 0, scopes.provider != Self.anyProvider else { return -1 }
    let behind = prefixed(scopes, region, model, served)
    return behind >= 0 ? behind : withoutPath(scopes, region, model, served)
  }

  /// The group of both names together; negative also where that of the request's name counts.
  private func group(
    _ scopes: PriceScopes, _ region: UnsafeRawBufferPointer?, _ prefix: UnsafeRawBufferPointer,
    before model: UnsafeRawBufferPointer
  ) -> Int32 {
    withName(prefix, model) { name in
      group(scopes, region, name, served: model.count)
    }
  }

  private func withName(
    _ prefix: UnsafeRawBufferPointer, _ rest: UnsafeRawBufferPointer,
    _ body: (UnsafeRawBufferPointer) -> Int32
  ) -> Int32 {
    let count = prefix.count + rest.count
    return withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { memory -> Int32 in
      let name = UnsafeMutableRawBufferPointer(rebasing: memory[..<count])
      name.copyMemory(from: prefix)
      UnsafeMutableRawBufferPointer(rebasing: name[prefix.count...]).copyMemory(from: rest)
      return body(UnsafeRawBufferPointer(name))
    }
  }

  private func exactUndatedOrFolded(
    _ scopes: PriceScopes, _ model: UnsafeRawBufferPointer
  ) -> Int32 {
    let exact = scopes.number(model, in: models)
    return exact >= 0 ? exact : undatedOrFolded(scopes, model)
  }

  private func undatedOrFolded(_ scopes: PriceScopes, _ model: UnsafeRawBufferPointer) -> Int32 {
    if let undated = DatedName.undated(model) {
      let found = scopes.number(undated, in: models)
      if found >= 0 { return found }
    }
    return scopes.number(model, in: foldedModels)
  }

  /// `azure/gpt-4o` of Azure, and `eu/gpt-4o` or `azure/eu/gpt-4o`, which have prices of that
  /// region only.
  private func prefixed(
    _ scopes: PriceScopes, _ region: UnsafeRawBufferPointer?, _ model: UnsafeRawBufferPointer,
    _ served: Int
  ) -> Int32 {
    guard let slash = model.firstIndex(of: UInt8(ascii: "/")) else { return -1 }
    let head = UnsafeRawBufferPointer(rebasing: model[..<slash])
    let rest = UnsafeRawBufferPointer(rebasing: model[(slash + 1)...])
    let inRegion = regions.number(head, scope: scopes.provider)
    if inRegion >= 0 {
      return exactUndatedOrFolded(PriceScopes(provider: inRegion), rest)
    }
    guard number(ofProvider: head) == scopes.provider else { return -1 }
    return group(scopes, region, rest, served: served)
  }

  /// The model behind the path of a resource, in the region of the path where the record says none.
  /// Of some of Vertex AI's the publisher is a part of the name: `meta/llama-3.3-70b-instruct`.
  private func withoutPath(
    _ scopes: PriceScopes, _ region: UnsafeRawBufferPointer?, _ model: UnsafeRawBufferPointer,
    _ served: Int
  ) -> Int32 {
    guard let resource = ResourceName(model) else { return -1 }
    let isPlaced = region.map { !$0.isEmpty } ?? false
    let region = isPlaced ? region : resource.region
    let scopes = isPlaced ? scopes : self.scopes(scopes.provider, region)
    if let publisher = resource.publisher {
      let found = withName(publisher, resource.model) { exactUndatedOrFolded(scopes, $0) }
      if found >= 0 { return found }
    }
    return group(scopes, region, resource.model, served: served)
  }

  private func alias(_ provider: Int32, _ model: UnsafeRawBufferPointer) -> Int32 {
    guard !aliasTargets.isEmpty else { return -1 }
    let own = exactAliases.number(model, scope: provider)
    if own >= 0 { return own }
    let shared = exactAliases.number(model, scope: Self.anyProvider)
    if shared >= 0 { return shared }
    return patternAliases.firstMatch(model, provider: provider)
  }

  private func target(
    _ alias: Int32, _ own: PriceScopes, _ region: UnsafeRawBufferPointer?
  ) -> Int32 {
    let target = aliasTargets[Int(alias)]
    let start = Int(target.nameOffset)
    let scopes = target.provider == Self.anyProvider ? own : scopes(target.provider, region)
    return aliasNames.withUnsafeBytes { names in
      scopes.number(
        UnsafeRawBufferPointer(rebasing: names[start..<start + Int(target.nameLength)]), in: models)
    }
  }

  private func number(ofProvider name: UnsafeRawBufferPointer) -> Int32 {
    let known = providers.number(name)
    guard known < 0 else { return known }
    let target = providerNames.target(ofBeginning: name)
    return target < 0 ? target : aliasProviders[Int(target)]
  }

  /// The row of the tier, else of the standard tier, that is in force and has the highest threshold
  /// below `inputTokens`; of `fast` that of `priority` ahead of the standard tier.
  func row(
    _ group: Int32, _ serviceTier: UnsafeRawBufferPointer, _ inputTokens: Int64, _ time: Timestamp
  ) -> Int32 {
    let tier = tiers.number(serviceTier)
    let second = tier == Self.fastTierNumber ? Self.priorityTierNumber : tier
    let group = groups[Int(group)]
    for index in group.firstRow..<group.firstRow + group.rowCount {
      let rowTier = rows[Int(index)].tier
      if rowTier == tier || rowTier == second || rowTier == Self.standardTierNumber,
        rows[Int(index)].applies(inputTokens, at: time)
      {
        return index
      }
    }
    return -1
  }
}

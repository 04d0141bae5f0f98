// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// Lays the catalogue out for look-ups.
struct PriceBookBuilder {
  private(set) var entries: [PriceEntry]
  private(set) var groups: [PriceGroup] = []
  private(set) var rows: [PriceRow] = []
  private(set) var aliasTargets: [AliasTarget] = []
  private(set) var aliasNames: [UInt8] = []
  private(set) var providerTable = NameTable([])
  private(set) var tierTable = NameTable([])
  private(set) var regionTable = NameTable([])
  private(set) var namedRegions: [Int32] = []
  private(set) var modelTable = NameTable([])
  private(set) var foldedModelTable = NameTable([])
  private(set) var exactAliases = NameTable([])
  private(set) var patternAliases = PatternSet([])
  /// By the number of a target of ``ProviderNames``; negative when nothing in the catalogue has it.
  private(set) var aliasProviders: [Int32] = []
  private let aliases: [PriceAlias]
  private let names: ProviderNames
  /// By their bytes, as in the tables: texts that are composed otherwise are other names.
  private var providerNumbers: [[UInt8]: Int32] = [:]
  /// Scopes of models, by provider and region.
  private var regionScopes: [Int32: [[UInt8]: Int32]] = [:]
  private var tierNumbers = [
    Array(PriceBook.standardTier.utf8): PriceBook.standardTierNumber,
    Array(ServiceTier.priority.utf8): PriceBook.priorityTierNumber,
    Array(ServiceTier.fast.utf8): PriceBook.fastTierNumber,
  ]

  init(_ entries: [PriceEntry], _ aliases: [PriceAlias], _ names: ProviderNames) {
    self.entries = entries
    self.aliases = aliases
    self.names = names
  }

  mutating func build() {
    for index in entries.indices {
      entries[index].provider = names.canonical(entries[index].provider)
      entries[index].region = PriceRegion.canonical(entries[index].region)
      entries[index].serviceTier = ServiceTier.canonical(entries[index].serviceTier)
      number(&providerNumbers, entries[index].provider)
      number(&tierNumbers, entries[index].serviceTier)
    }
    for alias in aliases {
      for name in [alias.provider, alias.targetProvider] where !name.isEmpty {
        number(&providerNumbers, names.canonical(name))
      }
    }
    buildNames()
    buildRegions()
    buildGroups()
    buildAliases()
  }

  /// Negative when nothing in the catalogue has it.
  func provider(_ canonicalName: String) -> Int32 {
    providerNumbers[Array(canonicalName.utf8)] ?? -1
  }

  private mutating func buildNames() {
    var providers: [(scope: Int32, name: String, number: Int32)] = []
    for (bytes, number) in providerNumbers {
      let name = String(decoding: bytes, as: UTF8.self)
      for spelling in [name] + names.spellings(of: name) {
        providers.append((0, spelling, number))
      }
    }
    providerTable = NameTable(providers, foldsCase: true)
    aliasProviders = names.targetNames.map(provider)
    var tiers: [(scope: Int32, name: String, number: Int32)] = []
    for (bytes, number) in tierNumbers {
      let name = String(decoding: bytes, as: UTF8.self)
      for spelling in [name] + ServiceTier.spellings(of: name) {
        tiers.append((0, spelling, number))
      }
    }
    tierTable = NameTable(tiers, foldsCase: true)
  }

  private mutating func buildRegions() {
    namedRegions = Array(repeating: -1, count: providerNumbers.count)
    var names: [(scope: Int32, name: String, number: Int32)] = []
    var next = Int32(providerNumbers.count)
    for entry in entries where !entry.region.isEmpty {
      let provider = provider(entry.provider)
      let region = Array(entry.region.utf8)
      guard regionScopes[provider]?[region] == nil else { continue }
      regionScopes[provider, default: [:]][region] = next
      if entry.region == PriceRegion.named {
        namedRegions[Int(provider)] = next
      } else {
        names.append((provider, entry.region, next))
      }
      next += 1
    }
    regionTable = NameTable(names, foldsCase: true)
  }

  private mutating func buildGroups() {
    // The standard tier has the lowest number and stands last, so that another tier's row is met
    // first, and one of fast before one of priority.
    let order = entries.indices.map { (index: $0, key: sortKey(entries[$0])) }
      .sorted { $0.key < $1.key }
    var names: [(scope: Int32, name: String, number: Int32)] = []
    for (index, key) in order {
      let entry = entries[index]
      if let last = names.last, last.scope == key.scope, last.name.hasSameBytes(as: entry.model) {
        groups[groups.count - 1] = PriceGroup(
          firstRow: groups[groups.count - 1].firstRow,
          rowCount: groups[groups.count - 1].rowCount + 1)
      } else {
        names.append((key.scope, entry.model, Int32(groups.count)))
        groups.append(PriceGroup(firstRow: Int32(rows.count), rowCount: 1))
      }
      rows.append(
        PriceRow(
          tier: -key.tier, entry: Int32(index), minInputTokens: entry.minInputTokens,
          effectiveFrom: entry.effectiveFrom,
          effectiveTo: entry.effectiveTo ?? Timestamp(microseconds: .max), priceID: entry.priceID,
          currency: entry.currency, rates: PartRates(entry.rates)))
    }
    modelTable = NameTable(names)
    foldedModelTable = NameTable(Self.folded(names), foldsCase: true)
  }

  /// In lower case, without those that two names of a scope have then.
  private static func folded(
    _ names: [(scope: Int32, name: String, number: Int32)]
  ) -> [(scope: Int32, name: String, number: Int32)] {
    let lower = names.map { (scope: $0.scope, name: $0.name.asciiLowercased, number: $0.number) }
    var counts: [Int32: [[UInt8]: Int]] = [:]
    for name in lower { counts[name.scope, default: [:]][Array(name.name.utf8), default: 0] += 1 }
    return lower.filter { counts[$0.scope]?[Array($0.name.utf8)] == 1 }
  }

  private func sortKey(_ entry: PriceEntry) -> SortKey {
    let provider = provider(entry.provider)
    return SortKey(
      scope: regionScopes[provider]?[Array(entry.region.utf8)] ?? provider, model: entry.model,
      tier: -(tierNumbers[Array(entry.serviceTier.utf8)] ?? PriceBook.standardTierNumber),
      minInputTokens: entry.minInputTokens, effectiveFrom: entry.effectiveFrom)
  }

  private struct SortKey: Comparable {
    /// Number of the provider, or of its region.
    let scope: Int32
    let model: String
    /// Negative of the number.
    let tier: Int32
    let minInputTokens: Int64
    let effectiveFrom: Timestamp

    static func < (left: SortKey, right: SortKey) -> Bool {
      if left.scope != right.scope { return left.scope < right.scope }
      if !left.model.hasSameBytes(as: right.model) { return left.model.bytesPrecede(right.model) }
      if left.tier != right.tier { return left.tier < right.tier }
      if left.minInputTokens != right.minInputTokens {
        return left.minInputTokens > right.minInputTokens
      }
      return left.effectiveFrom < right.effectiveFrom
    }
  }

  private mutating func buildAliases() {
    var exact: [(scope: Int32, name: String, number: Int32)] = []
    var patterns: [(provider: Int32, pattern: String, number: Int32)] = []
    for alias in aliases {
      let number = Int32(aliasTargets.count)
      aliasTargets.append(
        AliasTarget(
          provider: scope(alias.targetProvider), nameOffset: Int32(aliasNames.count),
          nameLength: Int32(alias.targetModel.utf8.count)))
      aliasNames += Array(alias.targetModel.utf8)
      if alias.pattern.utf8.contains(UInt8(ascii: "*")) {
        patterns.append((scope(alias.provider), alias.pattern, number))
      } else {
        exact.append((scope(alias.provider), alias.pattern, number))
      }
    }
    exactAliases = NameTable(exact)
    // The longest first; of two that are as long the one for a provider, then by their bytes.
    patternAliases = PatternSet(
      patterns.sorted {
        let (left, right) = ($0.pattern.utf8.count, $1.pattern.utf8.count)
        if left != right { return left > right }
        if $0.provider != $1.provider { return $0.provider < $1.provider }
        return $0.pattern.utf8.lexicographicallyPrecedes($1.pattern.utf8)
      })
  }

  private func scope(_ provider: String) -> Int32 {
    provider.isEmpty ? PriceBook.anyProvider : self.provider(names.canonical(provider))
  }

  private func number(_ numbers: inout [[UInt8]: Int32], _ name: String) {
    let bytes = Array(name.utf8)
    if numbers[bytes] == nil { numbers[bytes] = Int32(numbers.count) }
  }
}

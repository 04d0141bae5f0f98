// SPDX-License-Identifier: Apache-2.0
import Digest
import JSON

/// LiteLLM's `model_prices_and_context_window.json` as rows of the catalogue, and what of it was
/// not taken.
package struct LiteLLMPriceList: Sendable {
  package static let fileBytesMax = 64 << 20
  package static let entriesMax = 100_000
  /// Members that are no models.
  private static let notModels = ["sample_spec", "fallback_generalizations"]

  /// Entries that mean the same model, in the same region, and contradict each other: nothing is
  /// taken of the model, in no region.
  package struct Conflict: Sendable, Hashable {
    package let key: PriceKey
    package let entries: [String]
  }

  /// A price that cannot be taken; its entry is left out.
  package struct Problem: Sendable, Hashable {
    package let key, field, reason: String
  }

  /// Tiers of an entry that have prices of their own, but not for every kind of token, or not above
  /// every threshold: there they have those of the standard tier.
  package struct UntoldTiers: Sendable, Hashable {
    package let key: String
    package let tiers: [String]
  }

  /// In order of key.
  package private(set) var prices: [(key: PriceKey, rates: PriceRates)] = []
  /// Of the file, 64 hexadecimal digits.
  package let sha256: String
  package private(set) var modelCount = 0
  package private(set) var entryCount = 0
  /// Entries that price no tokens.
  package private(set) var withoutTokenPrice = 0
  /// Keys of entries whose tokens cost nothing, but something else does.
  package private(set) var pricedOtherwise: [String] = []
  /// Keys of entries whose output has no rate here, because the output tokens of images cost
  /// something else than the others.
  package private(set) var untoldOutput: [String] = []
  /// Keys of entries whose input tokens of images or of video cost something else than the others:
  /// they are billed at the price of text.
  package private(set) var untoldInput: [String] = []
  package private(set) var untoldTiers: [UntoldTiers] = []
  /// Values of fields that are no prices.
  package private(set) var ignoredValues = 0
  /// Fields of taken entries that price in ways that are not supported, and how many entries have
  /// them.
  package private(set) var unsupported: [String: Int] = [:]
  package private(set) var conflicts: [Conflict] = []
  package private(set) var problems: [Problem] = []
  /// Models that are in the file with a price that cannot be taken, or with two: what they cost is
  /// not known.
  package private(set) var unreadModels: Set<PriceModel> = []
  /// The same of entries without a provider: what they may name, whoever's it is.
  private var unownedNames: Set<String> = []

  /// `names`: which spellings of a provider are one.
  package init(
    _ bytes: UnsafeRawBufferPointer, providers names: ProviderNames = .documented
  ) throws(LiteLLMError) {
    sha256 = SHA256.hex(of: Array(bytes))
    let entries = try readEntries(bytes, names)
    guard !entries.isEmpty else { throw .noEntries }
    entryCount = entries.count
    var taken: [LiteLLMName: [LiteLLMEntry]] = [:]
    for entry in entries.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      if isTaken(entry) { taken[entry.name, default: []].append(entry) }
      // Another entry does not stand in for one that cannot be taken.
      if !entry.problems.isEmpty { unreadModels.insert(entry.name.model) }
    }
    for (name, entry) in merged(taken) { add(name, entry, besides: taken) }
    modelCount = Set(prices.map(\.key.priceModel)).count
    prices.sort { $0.key < $1.key }
    conflicts.sort { $0.key < $1.key }
    untoldOutput.sort()
    untoldInput.sort()
    untoldTiers.sort { $0.key.bytesPrecede($1.key) }
  }

  /// Whether what the model costs is not known, although the file has it.
  package func isUnread(_ model: PriceModel) -> Bool {
    unreadModels.contains(model) || unownedNames.contains(model.model)
  }

  /// One entry for each name, but for models whose entries contradict each other: the calls of one
  /// region would have the price of another, which no entry says.
  private mutating func merged(
    _ taken: [LiteLLMName: [LiteLLMEntry]]
  ) -> [(name: LiteLLMName, entry: LiteLLMEntry)] {
    let unread = unreadModels
    var found: [(name: LiteLLMName, entry: LiteLLMEntry)] = []
    for (name, entries) in taken where !unread.contains(name.model) {
      if let entry = LiteLLMEntry.merged(entries) {
        found.append((name, entry))
      } else {
        conflicts.append(
          Conflict(key: PriceKey(name.model, region: name.region), entries: entries.map(\.key)))
        unreadModels.insert(name.model)
      }
    }
    return found.filter { !unreadModels.contains($0.name.model) }
  }

  private mutating func add(
    _ name: LiteLLMName, _ entry: LiteLLMEntry, besides taken: [LiteLLMName: [LiteLLMEntry]]
  ) {
    let keys = (taken[name] ?? []).map(\.key)
    if entry.isOutputUntold { untoldOutput += keys }
    if entry.isInputUntold { untoldInput += keys }
    let tiers = entry.untoldTiers.map(\.rawValue)
    if !tiers.isEmpty { untoldTiers += keys.map { UntoldTiers(key: $0, tiers: tiers) } }
    prices += Self.rows(entry, name).map { (key: $0.key, rates: $0.value) }
    for (region, multiplier) in entry.multipliers where name.region.isEmpty {
      let inRegion = LiteLLMName(model: name.model, region: PriceRegion.canonical(region))
      guard taken[inRegion] == nil else { continue }
      prices += Self.rows(entry, inRegion).compactMap { row in
        row.value.times(multiplier).map { (key: row.key, rates: $0) }
      }
    }
    for field in Set(entry.unsupported) { unsupported[field, default: 0] += 1 }
  }

  private mutating func isTaken(_ entry: LiteLLMEntry) -> Bool {
    ignoredValues += entry.ignoredCount
    if !entry.problems.isEmpty {
      problems += entry.problems.map {
        Problem(key: entry.key, field: $0.field, reason: $0.reason)
      }
      return false
    }
    guard entry.pricesTokens, !Self.rows(entry, entry.name).isEmpty else {
      withoutTokenPrice += 1
      return false
    }
    if entry.isPricedOnlyOtherwise {
      pricedOtherwise.append(entry.key)
      return false
    }
    return true
  }

  /// Rows that price every call as the entry does: one for each tier and threshold that changes a
  /// rate. Those of fast mode are the standard ones, and so much more.
  private static func rows(_ entry: LiteLLMEntry, _ name: LiteLLMName) -> [PriceKey: PriceRates] {
    var rows: [PriceKey: PriceRates] = [:]
    func key(_ tier: String, _ tokens: Int64) -> PriceKey {
      PriceKey(name.model, region: name.region, serviceTier: tier, minInputTokens: tokens)
    }
    for tier in entry.tiers {
      var last: PriceRates?
      for tokens in entry.breakpoints(tier) {
        let rates = entry.rates(tier, inputTokens: tokens + 1)
        guard rates != last, rates.hasBaseRate else { continue }
        last = rates
        rows[key(tier.rawValue, tokens)] = rates
        if tier == .standard, let fast = entry.fast {
          rows[key(ServiceTier.fast, tokens)] = rates.times(fast)
        }
      }
    }
    return rows
  }

  /// Those of a provider; what else has a price, or may have one, is a problem.
  private mutating func readEntries(
    _ bytes: UnsafeRawBufferPointer, _ names: ProviderNames
  ) throws(LiteLLMError) -> [LiteLLMEntry] {
    let parser = JSONParser()
    var members = try ObjectMembers(bytes)
    var entries: [LiteLLMEntry] = []
    var keys: Set<[UInt8]> = []
    while let member = try members.next() {
      let key = try Self.text(member.key, parser)
      guard keys.insert(Array(key.utf8)).inserted else { throw .duplicateKey(key) }
      guard keys.count <= Self.entriesMax else { throw .entriesMax(Self.entriesMax) }
      if Self.notModels.contains(key) { continue }
      do throws(JSONError) {
        let tape = try parser.parse(member.value)
        guard tape[0].kind == .object else {
          addUnowned(key, "value", "no object")
          continue
        }
        let entry = LiteLLMEntry(key: key, tape, names)
        if !entry.provider.isEmpty {
          entries.append(entry)
        } else if entry.pricesTokens || !entry.problems.isEmpty {
          addUnowned(key, "litellm_provider", "missing")
        }
      } catch {
        throw .entry(key, error)
      }
    }
    return entries
  }

  private mutating func addUnowned(_ key: String, _ field: String, _ reason: String) {
    problems.append(Problem(key: key, field: field, reason: reason))
    var rest = Substring(key)
    unownedNames.insert(key)
    while let slash = rest.firstIndex(of: "/") {
      rest = rest[rest.index(after: slash)...]
      unownedNames.insert(String(rest))
    }
  }

  /// A key, decoded.
  private static func text(
    _ key: UnsafeRawBufferPointer, _ parser: JSONParser
  ) throws(LiteLLMError) -> String {
    do throws(JSONError) {
      return String(decoding: try parser.parse(key)[0].bytes, as: UTF8.self)
    } catch {
      throw .entry(String(decoding: key, as: UTF8.self), error)
    }
  }
}

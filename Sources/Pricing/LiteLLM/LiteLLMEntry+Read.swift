// SPDX-License-Identifier: Apache-2.0
import JSON

extension LiteLLMEntry {
  /// Reads the object that the tape holds.
  init(key: String, _ tape: JSONTape, _ names: ProviderNames) {
    self.init(key: key, names)
    var older: UnitPrice?
    for (name, value) in members(tape, of: 0) {
      if name == "litellm_provider", tape[value].kind == .string {
        provider = String(decoding: tape[value].bytes, as: UTF8.self)
      } else if name == "tiered_pricing" {
        readSteps(tape, value)
      } else if let field = LiteLLMField(name) {
        guard let price = price(tape, value, name) else { continue }
        if name == "input_cost_per_token_cache_hit" { older = price } else { rates[field] = price }
      } else if let region = LiteLLMMultiplier.region(name) {
        multipliers[region] = price(tape, value, name)
      } else if name == "provider_specific_entry", tape[value].kind == .object {
        readSpecifics(tape, value)
      } else {
        readOther(tape, value, name)
      }
    }
    if (key + provider).unicodeScalars.contains(where: { $0.properties.generalCategory == .control }
    ) {
      problems.append(("key", "a name with control characters"))
    }
    let cacheRead = LiteLLMField(.cacheRead)
    if let older, rates[cacheRead] == nil { rates[cacheRead] = older }
  }

  /// Nil for null, and for a problem, which is noted.
  private mutating func price(_ tape: JSONTape, _ value: Int, _ name: String) -> UnitPrice? {
    let token = tape[value]
    switch token.kind {
    case .null: return nil
    case .number, .string:
      do throws(UnitPriceError) {
        return try UnitPrice(parsing: token.bytes)
      } catch {
        problems.append((name, error.description))
      }
    case .object, .array, .key, .true, .false:
      problems.append((name, UnitPriceError.notANumber.description))
    }
    return nil
  }

  private mutating func readOther(_ tape: JSONTape, _ value: Int, _ name: String) {
    guard Self.isPrice(name), tape[value].kind != .null else {
      ignoredCount += 1
      return
    }
    unsupported.append(name)
    noteOtherPrice(tape, value, name)
    if let tier = LiteLLMTier(of: name, "output_cost_per_image_token") {
      imageOutput[tier] = price(tape, value, name)
    }
    for media in ["image", "video"] {
      if let tier = LiteLLMTier(of: name, "input_cost_per_\(media)_token"),
        let price = price(tape, value, name)
      {
        mediaInput[tier, default: []].insert(price)
      }
    }
  }

  private static func isPrice(_ name: String) -> Bool {
    ["cost", "pricing", "multiplier", "provider_specific_entry"].contains { name.contains($0) }
  }

  private mutating func noteOtherPrice(_ tape: JSONTape, _ value: Int, _ name: String) {
    // A search is billed beside the tokens, not in their place.
    if !name.contains("search"), isAboveZero(tape, value) { isPricedOtherwise = true }
  }

  /// Whether the value is a number above zero, or a text that is one, or has one in it.
  private func isAboveZero(_ tape: JSONTape, _ value: Int) -> Bool {
    switch tape[value].kind {
    case .number:
      return tape[value].bytes.contains { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) }
    case .string: return (DecimalText(tape[value].bytes)?.significand ?? 0) > 0
    case .object: return members(tape, of: value).contains { isAboveZero(tape, $0.value) }
    case .array: return elements(tape, of: value).contains { isAboveZero(tape, $0) }
    case .key, .true, .false, .null: return false
    }
  }

  private mutating func readSpecifics(_ tape: JSONTape, _ object: Int) {
    for (name, value) in members(tape, of: object) {
      if LiteLLMMultiplier.isGeography(name) {
        multipliers[name] = price(tape, value, "provider_specific_entry.\(name)")
      } else if name == ServiceTier.fast {
        fast = price(tape, value, "provider_specific_entry.\(name)")
      } else {
        unsupported.append("provider_specific_entry.\(name)")
      }
    }
  }

  private mutating func readSteps(_ tape: JSONTape, _ value: Int) {
    guard tape[value].kind == .array else {
      if tape[value].kind != .null { unsupported.append("tiered_pricing") }
      return
    }
    var found: [Step] = []
    for element in elements(tape, of: value) where tape[element].kind == .object {
      // LiteLLM looks only at steps with a range; another ladder, such as of search results, has
      // none.
      if let step = step(tape, element) {
        found.append(step)
      } else {
        for (name, price) in members(tape, of: element) where Self.isPrice(name) {
          noteOtherPrice(tape, price, name)
        }
      }
    }
    if found.isEmpty {
      unsupported.append("tiered_pricing without ranges")
    }
    steps = found.sorted { $0.start < $1.start }
  }

  private mutating func step(_ tape: JSONTape, _ object: Int) -> Step? {
    var range: (start: Int64, end: Int64)?
    var rates: [LiteLLMField.Rate: UnitPrice] = [:]
    for (name, value) in members(tape, of: object) {
      if name == "range" {
        range = bounds(tape, value)
      } else if let field = LiteLLMField(name), field.threshold == nil, field.tier == .standard {
        rates[field.rate] = price(tape, value, "tiered_pricing.\(name)")
      } else {
        unsupported.append("tiered_pricing.\(name)")
        if Self.isPrice(name) { noteOtherPrice(tape, value, name) }
      }
    }
    return range.map { Step(start: $0.start, end: $0.end, rates: rates) }
  }

  /// `[32000, 128000.0]`: whole numbers of tokens.
  private func bounds(_ tape: JSONTape, _ array: Int) -> (start: Int64, end: Int64)? {
    guard tape[array].kind == .array else { return nil }
    var numbers: [Int64] = []
    for element in elements(tape, of: array) {
      guard tape[element].kind == .number,
        let number = DecimalText(tape[element].bytes)?.wholeNumber
      else { return nil }
      numbers.append(number)
    }
    return numbers.count == 2 && numbers[0] < numbers[1] ? (numbers[0], numbers[1]) : nil
  }

  private func elements(_ tape: JSONTape, of array: Int) -> [Int] {
    var elements: [Int] = []
    var index = array + 1
    while index < tape[array].next {
      elements.append(index)
      index = tape[index].next
    }
    return elements
  }

  private func members(_ tape: JSONTape, of object: Int) -> [(name: String, value: Int)] {
    var members: [(name: String, value: Int)] = []
    var index = object + 1
    while index < tape[object].next {
      members.append((String(decoding: tape[index].bytes, as: UTF8.self), index + 1))
      index = tape[index].next
    }
    return members
  }
}

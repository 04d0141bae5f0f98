// SPDX-License-Identifier: Apache-2.0

extension RecordGenerator {
  private static let operations: [[UInt8]] = ["chat", "chat", "chat", "text_completion"].map {
    Array($0.utf8)
  }
  private static let projects: [[UInt8]] = [
    "support-bot", "search", "code-review", "claims-intake", "summaries", "translation",
  ].map { Array($0.utf8) }
  private static let errors: [[UInt8]] = ["rate_limited", "timeout", "overloaded", "_OTHER"].map {
    Array($0.utf8)
  }
  private static let tiers: [[UInt8]] = ["batch", "priority", "flex"].map { Array($0.utf8) }

  /// One LLM call: tokens with a long tail, cached input in most chats, a cost from the price list.
  mutating func writeInvocation(isComplete: Bool, omitsIdentity: Bool) {
    var price = ModelPrice.all[pickModel()]
    if isComplete && price.currency == nil { price = ModelPrice.all[0] }
    facts.hasFailed = !isComplete && random.chance(0.015)
    body.raw("{")
    if !omitsIdentity {
      body.raw("\"invocation_id\":\"")
      body.uuid(facts.id)
      body.raw("\",\"occurred_at\":\"")
      calendar.write(facts.occurredAt, isLocal: random.chance(0.05), to: &body)
      body.raw("\",")
    }
    body.raw("\"tenant_id\":")
    body.string(tenants[facts.tenant])
    if random.chance(0.8) {
      body.raw(",\"project_id\":")
      body.string(Self.projects[(facts.tenant + random.below(2)) % Self.projects.count])
    }
    body.raw(",\"user_id\":\"u-")
    body.integer(Int64(random.below(5_000)))
    body.raw("\",\"provider\":")
    body.string(price.provider)
    body.raw(",\"operation\":")
    body.string(Self.operations[random.below(Self.operations.count)])
    body.raw(",\"request_model\":")
    body.string(price.requestModel)
    if facts.hasFailed {
      body.raw(",\"status\":\"failure\",\"error_type\":")
      body.string(Self.errors[random.below(Self.errors.count)])
    } else {
      writeUsage(price, isComplete: isComplete)
      writeAnswer(price)
    }
    writeTiming()
    body.raw(",\"tags\":{\"cost_center\":\"cc-")
    body.integer(Int64(400 + random.below(40)))
    body.raw("\"}}")
  }

  /// A tenant has settled on a third of the models, two projects and one cheaper or faster tier:
  /// the number of its rollup rows is that of a real one.
  private mutating func pickModel() -> Int {
    while true {
      let model = modelChoice.pick(&random)
      if model % Self.palettes == facts.tenant % Self.palettes { return model }
    }
  }

  private static let palettes = 3

  private mutating func writeUsage(_ price: ModelPrice, isComplete: Bool) {
    let fresh = tokens(median: 900)
    let cacheRead = random.chance(0.55) ? tokens(median: 4_000) : 0
    let cacheWrite = cacheRead == 0 && random.chance(0.3) ? tokens(median: 3_000) : 0
    let output = tokens(median: 350)
    facts.inputTokens = fresh + cacheRead + cacheWrite
    facts.outputTokens = output
    body.raw(",\"input_tokens\":")
    body.integer(facts.inputTokens)
    body.raw(",\"output_tokens\":")
    body.integer(output)
    if cacheRead > 0 || isComplete {
      body.raw(",\"cache_read_input_tokens\":")
      body.integer(cacheRead)
    }
    if cacheWrite > 0 {
      body.raw(",\"cache_creation_input_tokens\":")
      body.integer(cacheWrite)
    }
    if random.chance(0.2) {
      body.raw(",\"reasoning_output_tokens\":")
      body.integer(output / 2)
    }
    guard let currency = price.currency else { return }
    let cost =
      fresh * price.inputUnits + cacheRead * price.cachedUnits + cacheWrite * price.cacheWriteUnits
      + output * price.outputUnits
    facts.costUnits = cost
    facts.currency = currency
    // Some producers send a JSON number; it is exact as long as it is read as text.
    let isNumber = !isComplete && random.chance(0.1)
    if !isComplete && leavesCostOut() { return }
    body.raw(isNumber ? ",\"cost\":" : ",\"cost\":\"")
    body.amount(units: cost)
    body.raw(isNumber ? ",\"currency\":" : "\",\"currency\":")
    body.string(currency)
  }

  /// Drawn only when it matters: with all or none left out, a seed gives the records that it always
  /// gave.
  private mutating func leavesCostOut() -> Bool {
    let share = settings.withoutCostFraction
    return share > 0 && (share >= 1 || random.chance(share))
  }

  private mutating func writeAnswer(_ price: ModelPrice) {
    body.raw(",\"response_model\":")
    body.string(price.responseModel)
    body.raw(",\"response_id\":\"msg_")
    body.hex(random.next(), count: 16)
    body.raw("\",\"status\":\"success\",\"finish_reasons\":[")
    body.raw(random.chance(0.9) ? "\"end_turn\"" : "\"max_tokens\"")
    body.raw("],\"stream\":")
    body.raw(random.chance(0.6) ? "true" : "false")
    if random.chance(0.06) {
      body.raw(",\"service_tier\":")
      body.string(Self.tiers[facts.tenant % Self.tiers.count])
    }
  }

  private mutating func writeTiming() {
    let duration = 100 + tokens(median: 2_500)
    body.raw(",\"duration_ms\":")
    body.integer(duration)
    if !facts.hasFailed {
      body.raw(",\"time_to_first_token_ms\":")
      body.integer(duration / 4)
    }
    if random.chance(0.4) {
      body.raw(",\"conversation_id\":\"conv-")
      body.integer(Int64(random.below(100_000)))
      body.raw("\"")
    }
  }

  /// Half below the median, a tail to about 30 times of it; at least 1.
  private mutating func tokens(median: Int64) -> Int64 {
    let position = random.unit()
    let factor =
      position < 0.5 ? 0.1 + 1.8 * position : 1 + (position - 0.5) / (1.017 - position)
    return max(1, Int64(Double(median) * factor))
  }
}

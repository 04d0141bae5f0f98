// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// Makes a realistic mixed load, record by record, as bytes; the same settings give the same bytes.
///
/// `next()` fills `payload`, `key`, `headers` and `stream`; they are valid until the next call.
package struct RecordGenerator {
  package enum RecordKind: Sendable { case invocations, auditLogs }

  /// Earlier records that may be sent again: far enough back to fall into another batch.
  static let historyCountMax = 8_192

  package let settings: GeneratorSettings
  package private(set) var summary = GeneratorSummary()

  package internal(set) var stream = RecordKind.invocations
  /// Nil for a tombstone.
  package var payload: [UInt8]? { isTombstone ? nil : writer.bytes }
  package internal(set) var key: [UInt8]?
  package internal(set) var headers: [(name: StaticString, value: [UInt8])] = []

  var random: SeededRandom
  var writer = PayloadWriter()
  /// The JSON object before it is wrapped.
  var body = PayloadWriter()
  var isTombstone = false
  var facts = RecordFacts()
  let tenants: [[UInt8]]
  let tenantChoice: WeightedChoice
  let modelChoice = WeightedChoice(ModelPrice.all.map { Double($0.weight) })
  let actionChoice = WeightedChoice(AuditAction.all.map { Double($0.weight) })
  let formatChoice: WeightedChoice
  let calendar: GeneratorCalendar
  private var history: [SentRecord] = []

  package init(_ settings: GeneratorSettings) {
    precondition((1...GeneratorSettings.tenantCountMax).contains(settings.tenantCount))
    precondition(settings.start <= settings.end && !settings.formats.isEmpty)
    self.settings = settings
    random = SeededRandom(seed: settings.seed)
    tenants = Tenants.names(count: settings.tenantCount)
    tenantChoice = .zipf(count: settings.tenantCount)
    formatChoice = WeightedChoice(settings.formats.map { Double($0.weight) })
    calendar = GeneratorCalendar(start: settings.start, end: settings.end)
  }

  /// Makes the next record, or returns nil after `settings.count`.
  package mutating func next() -> GeneratedKind? {
    guard summary.produced < settings.count else { return nil }
    isTombstone = false
    let kind = chooseKind()
    switch kind {
    case .unique: makeUnique()
    case .duplicate: repeatEarlier()
    case .conflict: contradictEarlier()
    case .bad(let bad): makeBad(bad)
    }
    count(kind)
    return kind
  }

  /// Makes a record that is wrong in this way, whatever the settings say of such records.
  package mutating func next(bad kind: BadKind) {
    isTombstone = false
    makeBad(kind)
    count(.bad(kind))
  }

  private mutating func chooseKind() -> GeneratedKind {
    let roll = random.unit()
    var limit = settings.badFraction
    if roll < limit { return .bad(chooseBadKind()) }
    limit += settings.duplicateFraction
    if roll < limit { return history.isEmpty ? .unique : .duplicate }
    limit += settings.conflictFraction
    return roll < limit && history.contains { !$0.hasDuplicate } ? .conflict : .unique
  }

  private mutating func makeUnique() {
    stream = chooseStream()
    makeGood(format: settings.formats[formatChoice.pick(&random)].0, isComplete: false)
    remember()
  }

  mutating func chooseStream() -> RecordKind {
    random.chance(settings.invocationFraction) ? .invocations : .auditLogs
  }

  /// A good record; with `isComplete` it has every field that a bad kind may spoil.
  mutating func makeGood(format: WireFormat, isComplete: Bool) {
    drawIdentity()
    body.removeAll()
    let omitsIdentity = format == .cloudEventBinary && random.chance(0.5)
    switch stream {
    case .invocations: writeInvocation(isComplete: isComplete, omitsIdentity: omitsIdentity)
    case .auditLogs: writeAuditLog(omitsIdentity: omitsIdentity)
    }
    wrap(format)
    key = isComplete || random.chance(0.97) ? tenants[facts.tenant] : nil
  }

  private mutating func drawIdentity() {
    facts = RecordFacts()
    facts.tenant = tenantChoice.pick(&random)
    let position = Double(summary.produced) / Double(max(settings.count, 1))
    facts.occurredAt = calendar.moment(at: position, &random)
    facts.id = UUIDBytes.v7(at: facts.occurredAt, using: &random)
  }

  // MARK: History

  private mutating func remember() {
    let sent = SentRecord(
      stream: stream, payload: writer.bytes, key: key, headers: headers)
    if history.count < Self.historyCountMax {
      history.append(sent)
    } else if random.chance(0.25) {
      history[random.below(history.count)] = sent
    }
  }

  private mutating func repeatEarlier() {
    let index = random.below(history.count)
    history[index].hasDuplicate = true
    resend(history[index], payload: history[index].payload)
  }

  /// Takes an earlier record that was not repeated and forgets it: in whichever order a store sees
  /// the two, it keeps one and refuses one, and neither the money nor the counts depend on which.
  private mutating func contradictEarlier() {
    var index = random.below(history.count)
    while history[index].hasDuplicate { index = (index + 1) % history.count }
    let sent = history.remove(at: index)
    resend(sent, payload: sent.contradicted)
  }

  private mutating func resend(_ sent: SentRecord, payload: [UInt8]) {
    stream = sent.stream
    key = sent.key
    headers = sent.headers
    writer.removeAll()
    writer.raw(payload)
  }

  // MARK: Counting

  private mutating func count(_ kind: GeneratedKind) {
    summary.produced += 1
    switch kind {
    case .duplicate: summary.duplicates += 1
    case .conflict: summary.conflicts += 1
    case .bad(let bad): summary.bad[bad, default: 0] += 1
    case .unique where stream == .auditLogs: summary.uniqueAuditLogs += 1
    case .unique: countInvocation()
    }
  }

  private mutating func countInvocation() {
    summary.uniqueInvocations += 1
    summary.inputTokens += facts.inputTokens
    summary.outputTokens += facts.outputTokens
    if facts.hasFailed { summary.failed += 1 }
    guard let cost = facts.costUnits else {
      summary.unpriced += 1
      return
    }
    let key = GeneratorSummary.CostKey(
      tenant: String(decoding: tenants[facts.tenant], as: UTF8.self),
      month: facts.occurredAt.month.description,
      currency: String(decoding: facts.currency, as: UTF8.self))
    let sum = summary.costs[key] ?? .zero
    summary.costs[key] = Amount(units: sum.units + Int128(cost))
  }
}

// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Generator
import Kafka
import Records
import Sysexits

/// One run of `daybook produce --generate`.
struct GenerateRun {
  private let context: CommandContext
  private let settings: GeneratorSettings
  private let topics: [String: String]
  /// Where invocations go out as spans.
  private let spans: SpanBatch?

  init(_ context: CommandContext) throws(CommandError) {
    self.context = context
    topics = try Self.topics(context.settings)
    var settings = try Self.generatorSettings(context.settings)
    if topics[Stream.auditLogs.table] == nil { settings.invocationFraction = 1 }
    if topics[Stream.invocations.table] == nil { settings.invocationFraction = 0 }
    spans = try Self.spans(context.settings, &settings)
    self.settings = settings
  }

  func run() throws(CommandError) -> ExitCode {
    var generator = RecordGenerator(settings)
    let start = ContinuousClock.now
    let sent =
      context.settings.isOn(Options.dryRun)
      ? try make(&generator) { (_, _, _, _) in }
      : try send(&generator)
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    let report = GenerateReport(
      summary: generator.summary, settings: settings, sent: sent,
      seconds: Double(seconds) + Double(attoseconds) / 1e18)
    try context.output.write(context.wantsJSON ? report.json.text + "\n" : report.text)
    return .success
  }

  /// Returns how many records of Kafka that were.
  private func send(_ generator: inout RecordGenerator) throws(CommandError) -> Int {
    let producer = try LoadProducer(context, topics: Set(topics.values).sorted())
    do throws(CommandError) {
      let sent = try make(&generator) { (topic, key, value, headers) throws(CommandError) in
        try producer.produce(topic: topic, key: key, value: value, headers: headers)
      }
      try producer.finish()
      return sent
    } catch {
      throw CommandError(error.exitCode, "\(error.message); \(producer.account)")
    }
  }

  private func make(
    _ generator: inout RecordGenerator,
    _ put: (String, [UInt8]?, [UInt8]?, [RecordHeader]) throws(CommandError) -> Void
  ) throws(CommandError) -> Int {
    var sent = 0
    var batch = spans
    let spanTopic = topics[Stream.invocations.table] ?? Stream.invocations.topic
    while generator.next() != nil {
      if batch != nil {
        _ = batch?.add(generator.payload ?? [])
        guard batch?.isFull == true else { continue }
        try put(spanTopic, nil, batch?.take(), [])
      } else {
        let stream = generator.stream == .invocations ? Stream.invocations : Stream.auditLogs
        try put(
          topics[stream.table] ?? stream.topic, generator.key, generator.payload,
          generator.headers.map { RecordHeader("\($0.name)", $0.value) })
      }
      sent += 1
    }
    guard batch?.isEmpty == false else { return sent }
    try put(spanTopic, nil, batch?.take(), [])
    return sent + 1
  }

  /// What cannot be said by a span is not generated.
  private static func spans(
    _ given: Settings, _ settings: inout GeneratorSettings
  ) throws(CommandError) -> SpanBatch? {
    guard let encoding = given.text(ProduceOptions.otlp).flatMap(SpanBatch.Encoding.init) else {
      return nil
    }
    guard settings.badFraction == 0 else {
      throw CommandError(.usage, "--bad makes records that are no spans: leave it out with --otlp")
    }
    settings.invocationFraction = 1
    settings.formats = [(.plain, weight: 1)]
    return SpanBatch(
      encoding, sizes: 1...given.integer(ProduceOptions.spans), seed: settings.seed)
  }

  private static func generatorSettings(_ given: Settings) throws(CommandError) -> GeneratorSettings
  {
    let end = given.text(ProduceOptions.end).flatMap(ValueKind.time) ?? .now()
    var settings = GeneratorSettings(
      seed: UInt64(given.integer(ProduceOptions.seed)),
      count: given.integer(ProduceOptions.generate), end: end)
    settings.tenantCount = given.integer(ProduceOptions.tenants)
    settings.duplicateFraction = given.fraction(ProduceOptions.duplicates)
    settings.conflictFraction = given.fraction(ProduceOptions.conflicts)
    settings.badFraction = given.fraction(ProduceOptions.bad)
    settings.withoutCostFraction = given.fraction(ProduceOptions.withoutCost)
    settings.invocationFraction = given.fraction(ProduceOptions.invocations)
    if let days = given.text(ProduceOptions.days).flatMap({ Int64($0) }) {
      settings.start = Timestamp(
        microseconds: end.microseconds - days * Timestamp.microsecondsPerDay)
    }
    settings.formats = try formats(given.text(ProduceOptions.formats) ?? "")
    let shares = settings.duplicateFraction + settings.conflictFraction + settings.badFraction
    guard shares <= 1 else {
      throw CommandError(.usage, "--duplicates, --conflicts and --bad are more than 1 together")
    }
    return settings
  }

  private static func formats(_ text: String) throws(CommandError) -> [(WireFormat, weight: Int)] {
    var result: [(WireFormat, weight: Int)] = []
    for entry in text.split(separator: ",") {
      let parts = entry.split(separator: ":")
      guard parts.count == 2, let format = WireFormat(rawValue: String(parts[0])),
        let weight = Int(parts[1]), (1...1_000_000).contains(weight)
      else {
        let names = WireFormat.allCases.map(\.rawValue).joined(separator: ", ")
        throw CommandError(
          .usage, "--formats \(entry): give NAME:WEIGHT, with NAME one of \(names)")
      }
      result.append((format, weight))
    }
    guard !result.isEmpty else {
      throw CommandError(.usage, "--formats is empty: give NAME:WEIGHT")
    }
    return result
  }

  /// The streams that `RecordGenerator` makes records of.
  private static let generated = [Stream.auditLogs, Stream.invocations]

  /// Topic by table: those that `--topic` names, and each stream's own one without it.
  private static func topics(_ given: Settings) throws(CommandError) -> [String: String] {
    var topics: [String: String] = [:]
    for text in given.values(ProduceOptions.topic) {
      let (topic, table): (String, String)
      if let (name, stream) = ValueKind.assignment(text) {
        (topic, table) = (name, try IngestCommand.stream(named: stream).table)
      } else if let stream = generated.first(where: { $0.topic == text }) {
        (topic, table) = (text, stream.table)
      } else {
        throw CommandError(
          .usage, "--topic \(text): with --generate give NAME=TABLE, or a stream's own topic")
      }
      guard let other = topics.updateValue(topic, forKey: table) else { continue }
      throw CommandError(
        .usage, "--topic \(text): \(table) has topic \(other) already; give one topic for a table")
    }
    guard topics.isEmpty else { return topics }
    return Dictionary(uniqueKeysWithValues: generated.map { ($0.table, $0.topic) })
  }
}

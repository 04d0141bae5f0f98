// SPDX-License-Identifier: Apache-2.0
import Generator
import Records

/// The options of `daybook produce`.
enum ProduceOptions {
  static let topic = OptionDeclaration(
    "topic", "NAME[=TABLE]", kind: .text, repeatable: true, sources: .flag,
    "where to produce; with --generate NAME=TABLE, default each stream's own topic")
  static let generate = OptionDeclaration(
    "generate", "N", kind: .integer(1...1_000_000_000), sources: .flag,
    "make so many records instead of reading a file")
  static let seed = OptionDeclaration(
    "seed", "S", kind: .integer(0...Int.max), default: "1", sources: .flag,
    "the same seed, --end and counts give the same bytes")
  static let tenants = OptionDeclaration(
    "tenants", "N", kind: .integer(1...GeneratorSettings.tenantCountMax), default: "50",
    sources: .flag, "how many tenants; a few of them make most of the load")
  static let duplicates = fraction("duplicates", "share of records that are sent twice")
  static let conflicts = fraction(
    "conflicts", "share of records with the identity of an earlier one and other content")
  static let bad = fraction("bad", "share of records that must be refused, of every kind")
  static let withoutCost = fraction(
    "without-cost",
    "share of invocations sent without their cost; the summary has it, as ops/lib/list_prices.sql "
      + "gives it")
  static let invocations = OptionDeclaration(
    "invocations", "F", kind: .fraction(0...1), default: "0.7", sources: .flag,
    "share of invocations; the rest are security events")
  static let formats = OptionDeclaration(
    "formats", "NAME:WEIGHT,…", kind: .text,
    default: "plain:70,cloudevents-binary:12,cloudevents-structured:10,confluent:8",
    sources: .flag, "the mix of wire formats")
  static let otlp = OptionDeclaration(
    "otlp", "ENCODING", kind: .choice(SpanBatch.Encoding.allCases.map(\.rawValue)),
    sources: .flag, "generate invocations as spans in requests of OTLP, for the profile otlp")
  static let spans = OptionDeclaration(
    "spans", "N", kind: .integer(1...ItemLimits.itemsMax), default: "64", sources: .flag,
    "with --otlp: 1 to so many spans in each request")
  static let days = OptionDeclaration(
    "days", "N", kind: .integer(1...3_650), sources: .flag,
    "spread occurred_at over so many days up to --end; the default begins with last month")
  static let end = OptionDeclaration(
    "end", "TIME", kind: .time, sources: .flag, "the newest occurred_at; the default is now")
  static let rate = OptionDeclaration(
    "rate", "R", kind: .integer(1...10_000_000), unit: "records per second", sources: .flag,
    "not faster than this; the default is as fast as it goes")
  static let partitionBy = OptionDeclaration(
    "partition-by", "HOW", kind: .choice(["tenant", "random"]), default: "tenant", sources: .flag,
    "tenant: by the key, as real producers do; random: evenly")
  static let createPartitions = OptionDeclaration(
    "create-partitions", "N", kind: .integer(1...10_000), sources: .flag,
    "create a missing topic with so many partitions")

  static let all = [
    topic, ValidateCommand.lines, generate, seed, tenants, duplicates, conflicts, bad, withoutCost,
    invocations, formats, otlp, spans,
    days, end, rate, partitionBy, createPartitions, Options.dryRun, Options.json,
  ]

  private static func fraction(_ name: String, _ sentence: String) -> OptionDeclaration {
    OptionDeclaration(
      name, "F", kind: .fraction(0...1), default: "0", sources: .flag, sentence)
  }
}

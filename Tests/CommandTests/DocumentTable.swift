// SPDX-License-Identifier: Apache-2.0
import JSON
import Records
import Telemetry
import daybook

@testable import Ingest

/// A table of a document that is made from declarations, so that no fact stands in two places.
struct DocumentTable: Sendable {
  /// Of the comments that stand around it: `<!-- table NAME -->` and `<!-- end NAME -->`.
  let name: String
  let text: String
  /// The document that has it.
  let file: String
  /// Written before the table where the document does not have it, and the line before which it is.
  private(set) var heading: String?
  static let streamsEnd = "<!-- more streams -->\n"

  static let all = [settings, limits, reasons, metrics] + Stream.all.map(fields)

  private init(_ name: String, in file: String, _ heads: [String], _ rows: [[String]]) {
    self.name = name
    self.file = file
    let lines = [heads, heads.map { _ in "---" }] + rows
    text = lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
  }

  static let settings = DocumentTable(
    "settings", in: "docs/settings.md", ["key in the file", "flag", "meaning", "default"],
    Options.settings.map { option in
      let unit = option.unit.map { ", in \($0)" } ?? ""
      let value = option.isRepeatable ? "; may be repeated" : ""
      return [
        "`\(option.fileKey)`", option.sources == .secret ? "none" : "`\(option.flag)`",
        option.sentence + unit + value, option.defaultValue ?? "",
      ]
    })

  static let reasons = DocumentTable(
    "reasons", in: "docs/producers.md", ["code", "what to do"],
    Reason.allCases.map { ["`\($0.code)`", $0.advice] })

  static let metrics = DocumentTable(
    "metrics", in: "docs/metrics.md", ["metric", "type", "labels", "meaning"],
    Metrics.all.map { metric in
      let labels = metric.labels.map { "`\($0)`" }.joined(separator: ", ")
      return ["`\(metric.name)`", metric.kind, labels, metric.help]
    })

  static let limits = DocumentTable(
    "limits", in: "docs/settings.md", ["limit", "value", "unit"],
    [
      row("size of a record's value", JSONLimits.payloadBytesMax, "bytes"),
      row("containers inside each other", JSONLimits.depthMax, "levels"),
      row("… in records that a profile reads", JSONLimits.lenientDepthMax, "levels"),
      row("keys of all objects of a record", JSONLimits.keysMax, "keys"),
      row("one string or key, decoded", JSONLimits.stringBytesMax, "bytes"),
      row("one number", JSONLimits.numberCharactersMax, "characters"),
      row("exponent of a number, absolute", JSONLimits.exponentMax, "powers of ten"),
      row("earliest `occurred_at`", "\(TimeBounds.yearMin)-01-01T00:00:00Z", "time"),
      row("`occurred_at` ahead of the server's clock", TimeBounds.aheadSecondsMax, "seconds"),
      row(
        "host's clock from the server's, until told of", IngestLimits.clockOffsetSecondsWarned,
        "seconds"),
      row(
        "host's clock from the server's, until not ready", IngestLimits.clockOffsetSecondsMax,
        "seconds"),
      row("latest `occurred_at`, whatever the clock", "end of \(TimeBounds.yearMax)", "time"),
      row(
        "what is kept of a larger value that is refused", IngestLimits.keptPayloadBytesMax, "bytes"),
      row(
        "a month that may have no partition is asked for again", IngestLimits.monthRefusalSeconds,
        "seconds"),
      row("records of a batch", BatchLimits().recordCountMax, "records (`batch_rows`)"),
      row(
        "records of a batch that is written early", BatchLimits().recordCountMin,
        "records (`batch_rows_early`)"),
      row(
        "records of half a batch after a statement timeout, at least", IngestLimits.halfRecordsMin,
        "records"),
      row("bytes of a batch", BatchLimits().byteCountMax, "bytes (`batch_bytes`)"),
      row("age of a batch", BatchLimits().ageMillisecondsMax, "milliseconds (`batch_age`)"),
      row("batches in memory", IngestLimits.batchesPerWorker, "batches a worker"),
      row("records fetched ahead, all workers", IngestLimits.fetchQueueBytesMax, "bytes"),
      row("identities remembered, all workers", 1 << IngestLimits.filterSlotBits, "identities"),
      row("storage that an emptied batch keeps", IngestLimits.retainedBufferBytesMax, "bytes"),
      row("one statement in the database", IngestLimits.statementSecondsMax, "seconds"),
      row("wait for a lock in the database", IngestLimits.lockSecondsMax, "seconds"),
      row("age of a connection to the database", IngestLimits.connectionSecondsMax, "seconds"),
      row("claim of partitions", IngestLimits.claimSecondsMax, "seconds"),
      row("open batch when partitions are revoked", IngestLimits.revokeSecondsMax, "seconds"),
      row(
        "records, or items of records, over which the reject ratio is taken",
        IngestLimits.rejectWindowItems, "items"),
      row(
        "one search for records that the database refuses: attempts",
        IngestLimits.poisonProbesMax, "attempts"),
      row(
        "one search for records that the database refuses: time", IngestLimits.poisonSecondsMax,
        "seconds"),
      row("silence of a broker that has more", IngestLimits.silenceSecondsMax, "seconds"),
      row(
        "a partition that brings nothing: its last record is read again and compared",
        IngestLimits.idleProofSeconds, "seconds"),
    ])

  static func fields(of stream: Stream) -> DocumentTable {
    var table = DocumentTable(
      stream.table, in: "docs/producers.md", ["field", "required", "holds", "column type"],
      stream.columns.filter { !$0.keys.isEmpty }.map { column in
        ["`\(column.name)`", need(column), column.expectation, "`\(column.sqlType)`"]
      })
    table.heading = """
      ### \(stream.table)

      Topic `\(stream.topic)`, table `\(stream.table)`, [JSON Schema](../schemas/\(stream.topic).schema.json).


      """
    return table
  }

  private static func need(_ column: Records.Column) -> String {
    if let fallback = column.fallback {
      switch fallback {
      case .text(let text): return "no, `\(text)`"
      case .integer(let number): return "no, \(number)"
      }
    }
    switch column.requirement {
    case .optional: return "no"
    case .always: return "yes"
    case .unless(let other, let texts):
      return "unless `\(other)` is \(texts.joined(separator: ", "))"
    case .with(let other): return "with `\(other)`"
    }
  }

  private static func row(_ name: String, _ value: some CustomStringConvertible, _ unit: String)
    -> [String]
  {
    [name, "\(value)", unit]
  }
}

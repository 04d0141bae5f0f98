// SPDX-License-Identifier: Apache-2.0
import Archive

/// The options of `daybook archive`; retention reads the settings among them too.
enum ArchiveOptions {
  static let table = OptionDeclaration(
    "table", "TABLE", kind: .text, sources: .flag, "the partitioned table")
  static let month = OptionDeclaration(
    "month", "YYYY-MM", kind: .month, sources: .flag, "its partition for this month, UTC")
  static let partition = OptionDeclaration(
    "partition", "NAME", kind: .text, sources: .flag,
    "this partition; one that is detached needs --table and --month too")
  static let level = OptionDeclaration(
    "level", "N",
    kind: .integer(ArchiveWriter.levels), default: String(ArchiveWriter.levelDefault),
    sources: .flag, "zstd's level; above 12 it needs more than 64 MB of memory")
  static let replace = OptionDeclaration(
    "replace", kind: .toggle, sources: .flag, "replace an archive of the same partition")
  static let into = OptionDeclaration(
    "into", "TABLE", kind: .text, sources: .flag,
    "restore into this empty table, made if it is missing; the default is PARTITION_restored")
  static let format = OptionDeclaration(
    "format", "FORMAT", kind: .choice(["copy", "ndjson"]), default: "ndjson", sources: .flag,
    "copy: the binary stream for COPY; ndjson: one JSON object a row")
}

// SPDX-License-Identifier: Apache-2.0

/// How the records of a topic become records of a stream: data, read from a file.
///
/// A profile says where the items of a record stand, which of them are skipped, and where each
/// column comes from. What a column may hold is the stream's to say.
package struct Profile: Sendable, Hashable {
  package let name: String
  /// The table of its stream.
  package let table: String
  package let format: SourceFormat
  /// What the keys of its records are, unless the site says otherwise.
  package let keyMeaning: KeyMeaning
  /// What it reads, in one sentence.
  package let about: String
  /// As it was written.
  package let text: String
  /// The first that is present.
  let items: [SourcePath]
  let skips: [Skip]
  let columns: [Mapping]
  /// Paths that are known and not read.
  let known: [SourcePath]

  struct Skip: Sendable, Hashable {
    let name: String
    let condition: Condition
  }

  /// One column, or one member of a column that is an object.
  struct Mapping: Sendable, Hashable {
    let column: String
    let member: String?
    let expression: Expression
    /// In the file.
    let line: Int

    var target: String { member.map { "\(column).\($0)" } ?? column }
  }

  package var stream: Stream {
    guard let stream = Stream.named(table) else {
      preconditionFailure("the reader has checked the table")
    }
    return stream
  }

  /// Daybook's own contract, which the streams declare.
  package static let own = "daybook"
}

/// How the bytes of a record are put together.
package enum SourceFormat: String, CaseIterable, Sendable {
  case json, ndjson, otlp
}

// SPDX-License-Identifier: Apache-2.0

/// Another way to say what a column with a vocabulary says: a status, a flag, an error.
///
/// Signals count when the column itself is absent. Those of a stream are about one column.
package struct Signal: Sendable {
  package let column: String
  /// Of the record itself, whatever dots they have.
  package let keys: [String]
  /// Found as keys with dots and as keys of objects, as the spellings of columns are.
  package let paths: [String]
  package let reading: Reading
  /// A record is refused whose column, or another such signal, says something else than this one,
  /// or where nobody can say what this one does. Of other signals the column wins, and a failure
  /// by such a signal; what contradicts, or cannot be read, is a doubt (``Watch/doubt``). Where a
  /// stream has none, a failure wins over what contradicts it.
  package let mustAgree: Bool

  package enum Reading: BitwiseCopyable, Sendable {
    /// A spelling of the column's vocabulary, true or false, or a status code of HTTP.
    case outcome
    /// The same; also what a flag may be written as: "true", "false", 1 and 0.
    case flag
    /// The same of what may be counted, too: a number other than 1 and 0 says nothing that anybody
    /// knows, and is no status code.
    case permission
    /// 1 is success and 2 is failure, as in OCSF; other numbers are unknown.
    case ocsfStatus
    /// Anything but null, false, 0 and what is empty is a failure.
    case failure
  }

  package init(
    _ column: String, _ reading: Reading, _ keys: [String], paths: [String] = [],
    mustAgree: Bool = false
  ) {
    self.mustAgree = mustAgree
    self.column = column
    self.reading = reading
    self.keys = keys
    self.paths = paths
  }
}

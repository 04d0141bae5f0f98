// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// A question that only the rows of one table answer: has it any (under hold)?
struct RowQuestion {
  enum Subject {
    case defaultPartition(set: Int)
    case partition(set: Int, Int)
    case retirement(set: Int, Int)
  }

  let subject: Subject
  /// Where it stands in the list of questions.
  let number: Int
  let table: String
  /// Quoted and qualified.
  let relation: String
  let lower: Timestamp?
  let upper: Timestamp?
  /// Nil until the server has said what is held.
  var condition: String?
}

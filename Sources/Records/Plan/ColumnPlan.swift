// SPDX-License-Identifier: Apache-2.0
import CopyFormat

/// A column in the form that the decoder runs: no strings, no references, names resolved to
/// indexes.
struct ColumnPlan: BitwiseCopyable {
  let kind: Kind
  let requirement: Requirement
  let fallback: Value
  let source: Column.Source?

  /// Whether its value may come from elsewhere than its field.
  var dependsOnOthers: Bool {
    if case .set = kind { true } else { source != nil }
  }

  enum Kind: BitwiseCopyable {
    case uuid, timestamp, boolean, amount, inet
    case text(TextRule)
    /// Text that is brought into its form in `scratch`.
    case folded(TextRule, scratch: UnsafeMutableRawBufferPointer)
    case choice(UnsafeBufferPointer<Choice>, otherwise: TextRule?)
    case integer(ColumnKind.IntegerWidth, min: Int64, max: Int64)
    /// The code in upper case is kept in `scratch`.
    case currency(scratch: UnsafeMutableRawBufferPointer)
    case json(JSONRule)
    case textArray(countMax: Int, TextRule)
    case set(given: Int, then: Value, else: Value)

    /// What a column of a list takes; of others as many as there are.
    var texts: Texts {
      if case .textArray(let countMax, let rule) = self {
        return Texts(countMax: countMax, charactersMax: rule.charactersMax)
      }
      return Texts(countMax: Int(Int32.max), charactersMax: Int(Int32.max))
    }
  }

  /// How many texts, and how long each.
  struct Texts: BitwiseCopyable {
    let countMax, charactersMax: Int
  }

  enum Requirement: BitwiseCopyable {
    case optional, always
    case unless(Int, in: UnsafeBufferPointer<UnsafeRawBufferPointer>)
    case with(Int)
  }

  struct Choice: BitwiseCopyable {
    let spelling: UnsafeRawBufferPointer
    /// What the spelling is as a number, where one may stand for it.
    let number: Int64?
    let stored: Value
    let fill: Fill?
  }

  /// A value for another column, if that one stays empty.
  struct Fill: BitwiseCopyable {
    let column: Int
    let value: Value
  }
}

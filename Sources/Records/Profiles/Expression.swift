// SPDX-License-Identifier: Apache-2.0

/// What a profile says of one column: a path of the source, a constant, or a transform of others.
indirect enum Expression: Sendable, Hashable {
  case path(SourcePath)
  case text(String)
  /// As JSON spells it.
  case number(String)
  case boolean(Bool)
  /// The first that is present.
  case first([Expression])
  case call(Transform, [Expression])
  /// The text for a text; nil for the others when there is no `else`.
  case map(Expression, [Pair], otherwise: String?)
  case choose(Condition, Expression, Expression?)
  /// A header of the Kafka record, or its key.
  case header(String)
  case key

  struct Pair: Sendable, Hashable {
    let from: String
    let to: String
  }
}

/// What holds of an item, or does not.
indirect enum Condition: Sendable, Hashable {
  case present(Expression)
  case equal(Expression, [Operand])
  case starts(Expression, String)
  /// Of two numbers.
  case less(Expression, Expression, orEqual: Bool)
  case not(Condition)
  case all([Condition])
  case any([Condition])
}

/// What a value is compared with.
struct Operand: Sendable, Hashable {
  let text: String
  /// Written without quotes: compared by its value, also with a text that is a number.
  let isNumber: Bool
}

/// The functions of the language that take expressions and give a value.
enum Transform: String, Sendable, CaseIterable {
  case epochSeconds = "epoch_s"
  case epochMilliseconds = "epoch_ms"
  case epochMicroseconds = "epoch_us"
  case epochNanoseconds = "epoch_ns"
  case uuid
  case uuid5
  case lower
  case text
  case number
  case decimal
  case shift
  case sum
  case minus
  case elapsedMilliseconds = "elapsed_ms"
  case join
  case split
  case cut
  case ip
  case list
  case one

  /// How many arguments it takes.
  var arity: ClosedRange<Int> {
    switch self {
    case .epochSeconds, .epochMilliseconds, .epochMicroseconds, .epochNanoseconds, .uuid, .lower,
      .text, .number, .decimal, .ip, .one:
      1...1
    case .shift, .cut, .minus, .elapsedMilliseconds: 2...2
    case .split: 3...3
    case .uuid5, .join: 2...9
    case .sum, .list: 1...9
    }
  }

  /// Which of the arguments must be written out, and as what.
  func constant(at index: Int) -> Constant? {
    switch (self, index) {
    case (.uuid5, 0), (.join, 0), (.split, 1): .text
    case (.shift, 1), (.cut, 1), (.split, 2): .integer
    default: nil
    }
  }

  enum Constant { case text, integer }

  /// What a number that is written out may be.
  var constants: ClosedRange<Int> {
    switch self {
    case .cut: 1...65_536
    case .shift: -30...30
    default: -1000...1000
    }
  }

  /// Of a number of seconds or parts of it: the power of ten of those in a second.
  var partsOfSecond: Int? {
    switch self {
    case .epochSeconds: 0
    case .epochMilliseconds: 3
    case .epochMicroseconds: 6
    case .epochNanoseconds: 9
    default: nil
    }
  }
}

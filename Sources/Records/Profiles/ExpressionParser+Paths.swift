// SPDX-License-Identifier: Apache-2.0

extension ExpressionParser {
  mutating func path() throws(ProfileFault) -> SourcePath {
    let place = try place()
    guard !place.steps.contains(.each) else {
      throw ProfileFault("[] stands only in items")
    }
    return place
  }

  mutating func place() throws(ProfileFault) -> SourcePath {
    var path = SourcePath()
    if take(".") {
      switch word {
      case .name, .text, .number: path.steps.append(.member(try member()))
      default: return path
      }
    } else if word != .sign("[") {
      path.steps.append(.member(try member()))
    }
    while true {
      guard path.steps.count < SourcePath.stepsMax else {
        throw ProfileFault("a path has at most \(SourcePath.stepsMax) steps")
      }
      if take(".") {
        path.steps.append(.member(try member()))
      } else if take("[") {
        path.steps.append(try bracket())
      } else {
        return path
      }
    }
  }

  private mutating func member() throws(ProfileFault) -> String {
    switch word {
    case .name(let text), .text(let text), .number(let text):
      index += 1
      return text
    default: throw unexpected("a name")
    }
  }

  private mutating func bracket() throws(ProfileFault) -> SourcePath.Step {
    if take("]") { return .each }
    if case .number(let text) = word, let index = Int(text), words[self.index + 1] == .sign("]") {
      self.index += 2
      return .element(index)
    }
    let name = try member()
    try expect("=")
    let value = try text()
    try expect("]")
    return .match(member: name, text: value)
  }
}

// SPDX-License-Identifier: Apache-2.0
import JSON

/// Where the items of a document stand: places of a profile, of which the first that is there
/// counts.
struct ItemPlaces {
  private let places: [SourcePath]

  init(_ places: [SourcePath]) {
    self.places = places
  }

  /// What was found: one value, or the elements of an array, each with a way further down.
  struct Found {
    let token: Int
    let isArray: Bool
    let further: ArraySlice<SourcePath.Step>
  }

  func find(in tape: JSONTape) -> Found? {
    for place in places {
      let each = place.steps.firstIndex(of: .each) ?? place.steps.endIndex
      guard let token = Self.follow(place.steps[..<each], from: 0, in: tape) else { continue }
      if each == place.steps.endIndex {
        return Found(token: token, isArray: false, further: [])
      }
      guard tape[token].kind == .array else { continue }
      return Found(token: token, isArray: true, further: place.steps[(each + 1)...])
    }
    return nil
  }

  static func follow(
    _ steps: ArraySlice<SourcePath.Step>, from root: Int, in tape: JSONTape
  ) -> Int? {
    var token = root
    for step in steps {
      guard let next = below(token, step, in: tape), tape[next].kind != .null else { return nil }
      token = next
    }
    return token
  }

  private static func below(_ token: Int, _ step: SourcePath.Step, in tape: JSONTape) -> Int? {
    switch step {
    case .member(let name):
      guard tape[token].kind == .object else { return nil }
      return member(name, of: token, in: tape)
    case .element(let number):
      guard tape[token].kind == .array, number >= 0 else { return nil }
      var (left, element) = (number, token + 1)
      while element < tape[token].next {
        if left == 0 { return element }
        left -= 1
        element = tape[element].next
      }
      return nil
    case .match, .each: return nil
    }
  }

  private static func member(_ name: String, of object: Int, in tape: JSONTape) -> Int? {
    var key = object + 1
    while key < tape[object].next {
      if tape[key].bytes.elementsEqual(name.utf8) { return key + 1 }
      key = tape[key].next
    }
    return nil
  }
}

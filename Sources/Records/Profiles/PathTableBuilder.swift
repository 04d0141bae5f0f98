// SPDX-License-Identifier: Apache-2.0
import JSON

/// Makes one tree of the paths of a profile.
struct PathTableBuilder {
  private struct Place {
    var slot = -1
    var hasMembers = false
    var path: String
    var elements: [PathTable.Element] = []
    var matches: [(member: String, text: String, place: Int)] = []
  }

  private(set) var slotCount = 0
  private var places = [Place(path: "")]
  private var branches: [(name: String, from: Int, place: Int)] = []

  /// The slot of a path.
  mutating func slot(of path: SourcePath) -> Int {
    let place = place(of: path)
    if places[place].slot < 0 {
      places[place].slot = slotCount
      slotCount += 1
    }
    return places[place].slot
  }

  /// Makes a path known, without a slot.
  mutating func know(_ path: SourcePath) { _ = place(of: path) }

  func table(arena: Arena, parser: JSONParser) -> PathTable {
    let frozen = places.map { place in
      PathTable.Place(
        slot: Int32(place.slot), hasMembers: place.hasMembers,
        path: arena.copy(place.path.isEmpty ? "" : place.path + "."),
        elements: arena.copy(place.elements),
        matches: arena.copy(
          place.matches.map {
            PathTable.Match(
              member: arena.copy($0.member), text: arena.copy($0.text), place: $0.place)
          }))
    }
    // The same name is the same bytes in all places.
    var names: [String: UnsafeRawBufferPointer] = [:]
    let branches = branches.map { branch in
      let name = names[branch.name] ?? arena.copy(branch.name)
      names[branch.name] = name
      return PathTable.Branch(
        name: name, hash: parser.hash(of: name), from: Int32(branch.from),
        place: Int32(branch.place))
    }
    return PathTable(places: frozen, branches: branches, arena: arena)
  }

  private mutating func place(of path: SourcePath) -> Int {
    var place = 0
    for step in path.steps {
      switch step {
      case .member(let name):
        if let known = branches.first(where: { $0.from == place && $0.name == name }) {
          place = known.place
        } else {
          let new = add(below: place, name)
          places[place].hasMembers = true
          branches.append((name, place, new))
          place = new
        }
      case .element(let index):
        if let known = places[place].elements.first(where: { $0.index == index }) {
          place = known.place
        } else {
          let new = add(below: place, "[\(index)]")
          places[place].elements.append(PathTable.Element(index: index, place: new))
          place = new
        }
      case .match(let member, let text):
        let known = places[place].matches.first { $0.member == member && $0.text == text }
        if let known {
          place = known.place
        } else {
          let new = add(below: place, "[]")
          places[place].matches.append((member, text, new))
          place = new
        }
      case .each: preconditionFailure("the parser of paths has refused it")
      }
    }
    return place
  }

  private mutating func add(below place: Int, _ name: String) -> Int {
    let path = places[place].path
    let separator = path.isEmpty || name.hasPrefix("[") ? "" : "."
    places.append(Place(path: path + separator + name))
    return places.count - 1
  }
}

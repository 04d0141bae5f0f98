// SPDX-License-Identifier: Apache-2.0

extension Profile {
  /// Different paths of its expressions and conditions.
  var pathCount: Int { leaves.paths.count }

  /// Different headers of them.
  var headerCount: Int { leaves.headers.count }

  private var leaves: Leaves {
    var leaves = Leaves()
    for skip in skips { leaves.add(skip.condition) }
    for column in columns { leaves.add(column.expression) }
    return leaves
  }

  private struct Leaves {
    var paths: Set<SourcePath> = []
    var headers: Set<String> = []

    mutating func add(_ expression: Expression) {
      switch expression {
      case .path(let path): paths.insert(path)
      case .header(let name): headers.insert(name)
      case .text, .number, .boolean, .key: break
      case .first(let choices): for choice in choices { add(choice) }
      case .call(_, let arguments): for argument in arguments { add(argument) }
      case .map(let value, _, _): add(value)
      case .choose(let condition, let then, let otherwise):
        add(condition)
        add(then)
        if let otherwise { add(otherwise) }
      }
    }

    mutating func add(_ condition: Condition) {
      switch condition {
      case .present(let value), .equal(let value, _), .starts(let value, _): add(value)
      case .not(let inner): add(inner)
      case .all(let inner), .any(let inner): for condition in inner { add(condition) }
      }
    }
  }
}

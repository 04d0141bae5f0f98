// SPDX-License-Identifier: Apache-2.0

/// Names that a migration makes with a plain CREATE, as its text has them: it fails where somebody
/// else has one of them already, or builds on what is not ours.
struct CreatedNames {
  private(set) var schemas: Set<String> = []
  /// Tables, views, indexes and types share their names.
  private(set) var relations: Set<String> = []
  private(set) var functions: Set<String> = []
  /// Made where they are missing, so every role that is named counts.
  private(set) var roles: Set<String> = []

  init(_ migrations: some Sequence<Migration>) {
    for migration in migrations { read(migration.up) }
  }

  private mutating func read(_ sql: String) {
    let code = sql.split(separator: "\n").filter { !$0.hasPrefix("--") }.joined(separator: "\n")
    let words = code.split { !Self.isPart($0) }
    for index in words.indices {
      if words[index].hasPrefix(Self.rolePrefix) { roles.insert(String(words[index])) }
      guard words[index] == "CREATE" else { continue }
      let rest = words[(index + 1)...].drop { ["OR", "REPLACE", "UNIQUE"].contains($0) }
      guard let kind = rest.first, let name = rest.dropFirst().first.map({ String($0) }),
        name.allSatisfy(Self.isOfName)
      else { continue }
      switch kind {
      case "SCHEMA": schemas.insert(name)
      case "TABLE", "VIEW", "INDEX", "TYPE": relations.insert(name)
      case "FUNCTION": functions.insert(name)
      default: break
      }
    }
  }

  func subtracting(_ others: CreatedNames) -> CreatedNames {
    var rest = self
    rest.schemas.subtract(others.schemas)
    rest.relations.subtract(others.relations)
    rest.functions.subtract(others.functions)
    rest.roles.subtract(others.roles)
    return rest
  }

  /// Our names need no quotes; what is no name, as in `format('CREATE TABLE %I')`, is kept too.
  private static func isOfName(_ character: Character) -> Bool {
    character.isASCII && (character.isLowercase || character.isNumber || character == "_")
  }

  private static func isPart(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || "_%…".contains(character)
  }

  private static let rolePrefix = "app_"
}

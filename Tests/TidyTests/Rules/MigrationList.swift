// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The C compiler embeds files by name: `Sources/CSchemaFiles/migrations.h` names every migration,
/// and is written from the directory.
enum MigrationList {
  static let path = "Sources/CSchemaFiles/migrations.h"

  static func text(of tree: Tree) -> String {
    let names = tree.files(under: "schemas/migrations/", ".sql").map { file in
      "#define FILE \"../../\(file.path)\"\n#include \"embed.h\"\n"
    }
    return """
      // SPDX-License-Identifier: Apache-2.0
      // What stands in the directory, as TidyTests write it. No include guard: part of an array.

      """ + names.joined()
  }

  /// The tree with the list of its migrations.
  static func written(in tree: Tree) -> Tree {
    Tree(tree.files.filter { $0.path != path } + [SourceFile(path, text(of: tree))])
  }
}

extension Rule {
  static let migrationsAreListed = Rule(
    "migrations are listed",
    planted: [
      SourceFile("schemas/migrations/000001_roles.up.sql", ""),
      SourceFile(MigrationList.path, "// nothing"),
    ],
    said: [
      "Sources/CSchemaFiles/migrations.h:1: it is not the list of schemas/migrations; write it with DAYBOOK_UPDATE_DOCUMENTS=1 swift test --filter TidyTests"
    ]
  ) { tree in
    guard let list = tree[MigrationList.path],
      list.lines.joined(separator: "\n") != MigrationList.text(of: tree)
    else { return [] }
    return [
      list.finding(
        line: 0,
        "it is not the list of schemas/migrations; write it with DAYBOOK_UPDATE_DOCUMENTS=1 swift test --filter TidyTests"
      )
    ]
  }
}

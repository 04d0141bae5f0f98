// SPDX-License-Identifier: Apache-2.0

/// One step of the schema, with the SQL of both directions.
package struct Migration: Sendable {
  /// 1 for `000001_roles`.
  package let version: Int64
  /// "roles" for `000001_roles`.
  package let name: String
  package let up: String
  package let down: String

  package init(version: Int64, name: String, up: String, down: String) {
    self.version = version
    self.name = name
    self.up = up
    self.down = down
  }

  /// `000001_roles`, as in the file names.
  package var title: String {
    let digits = String(version)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + "_" + name
  }

  /// The steps that this program brings along, in order of application.
  package static let embedded = pairs(SchemaFile.below("migrations"))

  /// Files named `<version>_<name>.up.sql` and `.down.sql`, as golang-migrate has them; files
  /// without their counterpart are a mistake of ours.
  static func pairs(_ files: [SchemaFile]) -> [Migration] {
    let texts = Dictionary(uniqueKeysWithValues: files.map { ($0.stem, $0.text) })
    return files.map(\.stem).filter { $0.hasSuffix(upSuffix) }.sorted().map { name in
      let title = name.dropLast(upSuffix.count)
      let parts = title.split(separator: "_", maxSplits: 1)
      guard parts.count == 2, let version = Int64(parts[0]), let up = texts[name],
        let down = texts[title + downSuffix]
      else { preconditionFailure("\(name) needs a version, a name and a down file") }
      return Migration(version: version, name: String(parts[1]), up: up, down: down)
    }
  }

  private static let upSuffix = ".up"
  private static let downSuffix = ".down"
}

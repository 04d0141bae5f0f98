// SPDX-License-Identifier: Apache-2.0
import CSchemaFiles

/// An SQL file below `schemas`, embedded in the program when it was built.
package struct SchemaFile: Sendable {
  /// Below `schemas`, such as "functions/ingest/apply_batch.sql".
  package let path: String
  package let text: String

  /// The name without folders and ".sql".
  var stem: String {
    String((path.split(separator: "/").last ?? "").dropLast(Self.suffix.count))
  }

  /// Migrations by version, then functions and views in the order of loading.
  package static let all: [SchemaFile] = {
    var count = 0
    let files = unsafe UnsafeBufferPointer(start: daybook_schema_files(&count), count: count)
    return unsafe files.map { file in
      let bytes = unsafe UnsafeRawBufferPointer(start: file.text, count: file.count)
      return unsafe SchemaFile(
        path: String(String(cString: file.path).trimmingPrefix(Self.root)),
        text: String(decoding: bytes, as: UTF8.self))
    }
  }()

  /// What stands in one folder.
  static func below(_ folder: String) -> [SchemaFile] {
    all.filter { $0.path.hasPrefix(folder + "/") }
  }

  private static let root = "../../schemas/"
  private static let suffix = ".sql"
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The documents say what the code says.
@Suite(.serialized) struct DocumentTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  static let documents: [String] = {
    let files = FileManager.default
    let tree = ["docs", "ops", "perf"].flatMap { folder in
      (files.enumerator(atPath: root.appending(path: folder).path)?.compactMap { $0 as? String }
        ?? []).map { folder + "/" + $0 }
    }
    return (((try? files.contentsOfDirectory(atPath: root.path)) ?? []) + tree)
      .filter { $0.hasSuffix(".md") }.sorted()
  }()

  /// With DAYBOOK_UPDATE_DOCUMENTS=1 the table is written instead of compared.
  @Test(arguments: DocumentTable.all.indices)
  func tableFollowsTheCode(_ index: Int) throws {
    let table = DocumentTable.all[index]
    let file = Self.root.appending(path: table.file)
    var text = try String(contentsOf: file, encoding: .utf8)
    let isUpdate = ProcessInfo.processInfo.environment["DAYBOOK_UPDATE_DOCUMENTS"] == "1"
    if isUpdate, let heading = table.heading, !text.contains("<!-- table \(table.name) -->") {
      text = text.replacing(
        DocumentTable.streamsEnd,
        with:
          "\(heading)<!-- table \(table.name) -->\n<!-- end \(table.name) -->\n\n\(DocumentTable.streamsEnd)"
      )
    }
    let begin = try #require(text.range(of: "<!-- table \(table.name) -->\n"))
    let end = try #require(text.range(of: "<!-- end \(table.name) -->"))
    try #require(begin.upperBound <= end.lowerBound)
    let section = begin.upperBound..<end.lowerBound
    if isUpdate {
      try text.replacingCharacters(in: section, with: table.text)
        .write(to: file, atomically: true, encoding: .utf8)
    } else {
      #expect(text[section] == table.text, "write it again with DAYBOOK_UPDATE_DOCUMENTS=1")
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The texts that rules look at, in the order of their paths.
struct Tree: Sendable {
  let files: [SourceFile]
  /// Every path from the root, folders too.
  let paths: Set<String>

  /// Files that a test plants.
  init(_ files: [SourceFile]) {
    self.files = files.sorted { $0.path < $1.path }
    paths = Set(files.flatMap { Self.withFolders($0.path) })
  }

  subscript(_ path: String) -> SourceFile? { files.first { $0.path == path } }

  func files(under folder: String = "", _ suffix: String) -> [SourceFile] {
    files.filter { $0.path.hasPrefix(folder) && $0.path.hasSuffix(suffix) }
  }

  var documents: [SourceFile] { files(".md") }

  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The tree that this test was built from, without what is made in it.
  static let here: Tree = {
    let kept = ["Sources", "Tests", "docs", "ops", "perf", "schemas", ".ci"]
    var files: [SourceFile] = []
    for folder in kept {
      let all = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
      for case let name as String in all ?? .init() { read(folder + "/" + name) }
    }
    for name in (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? [] {
      read(name)
    }
    return Tree(files)

    func read(_ path: String) {
      let file = root.appending(path: path)
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: file.path, isDirectory: &isFolder),
        !isFolder.boolValue
      else { return }
      // What is no text is there, but has no lines.
      files.append(SourceFile(path, (try? String(contentsOf: file, encoding: .utf8)) ?? ""))
    }
  }()

  private static func withFolders(_ path: String) -> [String] {
    let parts = path.split(separator: "/")
    return parts.indices.map { parts[...$0].joined(separator: "/") }
  }
}

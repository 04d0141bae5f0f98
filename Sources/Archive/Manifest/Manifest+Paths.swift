// SPDX-License-Identifier: Apache-2.0
package import Files
import Glibc

extension Manifest {
  /// What the files of an archive are called before their suffix, where archives of `before` other
  /// times that its partition left may lie beside it: each is the only copy of its rows.
  package static func name(of partition: String, before: Int) -> String {
    before > 0 ? "\(partition).\(before + 1)" : partition
  }

  /// Whether `file` is of that form.
  static func isName(_ file: String, of partition: String) -> Bool {
    // Names are bytes to PostgreSQL.
    guard file.utf8.starts(with: partition.utf8) else { return false }
    let rest = String(decoding: file.utf8.dropFirst(partition.utf8.count), as: UTF8.self)
    guard rest != fileSuffix else { return true }
    let number = rest.dropFirst().dropLast(fileSuffix.count)
    return rest.hasPrefix(".") && rest.hasSuffix(fileSuffix) && !number.isEmpty
      && number.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
  }

  /// The manifest that belongs to a path: that of the manifest itself, or of the file beside it.
  package static func path(for path: String) -> String {
    path.hasSuffix(fileSuffix) ? path.dropLast(fileSuffix.count) + manifestSuffix : path
  }

  /// The manifests of a directory, in order of their names.
  package static func paths(in directory: String) throws(FileError) -> [String] {
    guard let stream = unsafe opendir(directory) else {
      throw SystemCall.failure("list", directory)
    }
    defer { unsafe closedir(stream) }
    var paths: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(
          to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)
        ) {
          unsafe String(cString: $0)
        }
      }
      if name.hasSuffix(manifestSuffix) { paths.append(directory + "/" + name) }
    }
    return paths.sorted()
  }
}

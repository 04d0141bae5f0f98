// SPDX-License-Identifier: Apache-2.0
package import Files
import Glibc

extension Manifest {
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

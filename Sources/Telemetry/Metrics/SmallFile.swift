// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Files in which the kernel says something in a few lines.
enum SmallFile {
  /// The beginning of a file; nil when it cannot be read.
  static func text(_ path: String) -> String? {
    guard let file = unsafe fopen(path, "re") else { return nil }
    defer { unsafe fclose(file) }
    var bytes = [UInt8](repeating: 0, count: bytesMax)
    let count = unsafe fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  private static let bytesMax = 4096
}

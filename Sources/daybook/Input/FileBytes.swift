// SPDX-License-Identifier: Apache-2.0
import Glibc
import Sysexits

/// Whole files of a limited size: configuration, secrets, price lists.
package enum FileBytes {
  static let fileBytesMax = 1_048_576

  package static func read(_ path: String) throws(CommandError) -> [UInt8] {
    try read(path, bytesMax: fileBytesMax)
  }

  static func read(_ path: String, bytesMax: Int) throws(CommandError) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe chunk.withUnsafeMutableBytes { unsafe systemRead(descriptor, $0) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path) }
      if count == 0 { return bytes }
      bytes += chunk.prefix(count)
      guard bytes.count <= bytesMax else {
        throw CommandError(.configuration, "\(path) is longer than \(bytesMax) bytes: wrong file?")
      }
    }
  }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func unreadable(_ path: String) -> CommandError {
    let reason = unsafe String(cString: strerror(errno))
    return CommandError(
      errno == EACCES ? .noPermission : .noInput,
      "cannot read \(path): \(reason): check the path and its permissions")
  }
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
  unsafe read(descriptor, buffer.baseAddress, buffer.count)
}

// SPDX-License-Identifier: Apache-2.0
package import Glibc

/// A descriptor that is closed with its only owner.
package struct OpenFile: ~Copyable {
  package let descriptor: Int32

  package init(_ path: String, _ flags: Int32, mode: mode_t = 0) throws(FileError) {
    descriptor = SystemCall.open(path, flags, mode: mode)
    guard descriptor >= 0 else { throw SystemCall.failure("open", path) }
  }

  deinit { close(descriptor) }
}

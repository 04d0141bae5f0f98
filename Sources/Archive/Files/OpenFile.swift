// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A descriptor that is closed with its only owner.
struct OpenFile: ~Copyable {
  let descriptor: Int32

  init(_ path: String, _ flags: Int32, mode: mode_t = 0) throws(ArchiveError) {
    descriptor = SystemCall.open(path, flags, mode: mode)
    guard descriptor >= 0 else { throw SystemCall.failure("open", path) }
  }

  deinit { close(descriptor) }
}

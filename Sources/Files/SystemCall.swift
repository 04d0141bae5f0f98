// SPDX-License-Identifier: Apache-2.0
package import Glibc

/// The system calls of this module, repeated when a signal interrupts them, with errors in words.
package enum SystemCall {
  /// What the number means to the operator: a full disk is no other error.
  package static func failure(_ what: String, _ path: String, _ code: Int32 = errno) -> FileError {
    let reason = unsafe String(cString: strerror(code))
    switch code {
    case ENOSPC, EDQUOT, EFBIG:
      return FileError(
        .noSpace,
        "cannot \(what) \(path): \(reason): make room there, or set archive_dir to a larger disk")
    case ENOENT:
      return FileError(.missing, "cannot \(what) \(path): \(reason): check the path")
    default:
      return FileError(
        .inputOutput, "cannot \(what) \(path): \(reason): check the path, its permissions and disk")
    }
  }

  package static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) -> Int32 {
    retried { systemOpen(path, flags | O_CLOEXEC, mode) }
  }

  /// Writes all bytes at `offset`; nil when done, else the errno.
  package static func write(
    _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int64
  ) -> Int32? {
    var done = 0
    while done < bytes.count {
      let count = unsafe pwrite(
        descriptor, bytes.baseAddress.map { unsafe $0 + done }, bytes.count - done,
        off_t(offset) + off_t(done))
      if count > 0 {
        done += count
      } else if count == 0 {
        return ENOSPC  // POSIX lets a full device say so with a short write
      } else if errno != EINTR {
        return errno
      }
    }
    return nil
  }

  /// Reads until the buffer is full or the file ends; nil after an error, whose number is in errno.
  package static func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
  ) -> Int? {
    var done = 0
    while done < buffer.count {
      let count = unsafe pread(
        descriptor, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done,
        off_t(offset) + off_t(done))
      if count == 0 { break }
      if count > 0 {
        done += count
      } else if errno != EINTR {
        return nil
      }
    }
    return done
  }

  package static func retried(_ call: () -> Int32) -> Int32 {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }

  /// Makes renames and removals in a directory last.
  package static func syncDirectory(_ path: String) throws(FileError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY)
    guard descriptor >= 0 else { throw failure("open", path) }
    defer { close(descriptor) }
    guard retried({ fsync(descriptor) }) == 0 else { throw failure("fsync", path) }
  }
}

private func systemOpen(_ path: String, _ flags: Int32, _ mode: mode_t) -> Int32 {
  unsafe open(path, flags, mode)
}

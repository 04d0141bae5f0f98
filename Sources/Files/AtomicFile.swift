// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A file that appears under its name when it is whole and on the disk, and never before.
///
/// Until `commit` it has a temporary name in the same directory. Whatever ends this value removes
/// that file; a process that is killed leaves it, and the next one of the same name removes it. A
/// lock on it keeps two processes from writing the same file.
package struct AtomicFile: ~Copyable {
  package let directory: String
  package let name: String
  /// Open for reading as well.
  package let descriptor: Int32
  package private(set) var byteCount: Int64 = 0
  /// Whether there is a temporary file to remove.
  private var isTemporary = true
  /// Bytes whose way to the disk has begun.
  private var flushed: Int64 = 0

  package static let temporarySuffix = ".tmp"
  /// Rows are personal data: only their owner reads them.
  private static let permissions: mode_t = 0o600
  /// The kernel is asked to write so much at a time, so that the last fsync has little left to do.
  private static let flushBytes: Int64 = 16 << 20

  package var temporaryPath: String { path + Self.temporarySuffix }
  package var path: String { directory + "/" + name }

  /// `keepsContent`: what a killed process has left is kept, to look at it and perhaps to commit
  /// it.
  package init(
    directory: String, name: String, keepsContent: Bool = false
  ) throws(FileError) {
    self.directory = directory
    self.name = name
    let path = directory + "/" + name + Self.temporarySuffix
    let descriptor = SystemCall.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: Self.permissions)
    guard descriptor >= 0 else { throw SystemCall.failure("create", path) }
    do throws(FileError) {
      try Self.lock(descriptor, path)
      guard keepsContent || ftruncate(descriptor, 0) == 0 else {
        throw SystemCall.failure("truncate", path)
      }
    } catch {
      close(descriptor)
      throw error
    }
    self.descriptor = descriptor
  }

  /// Makes sure that nobody else writes or reads it.
  private static func lock(_ descriptor: Int32, _ path: String) throws(FileError) {
    let busy = FileError(
      .exists, "another process is writing \(path): wait for it to end, and try again")
    guard SystemCall.retried({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 else {
      let code = errno
      throw code == EWOULDBLOCK ? busy : SystemCall.failure("lock", path, code)
    }
    var ours = stat()
    guard unsafe fstat(descriptor, &ours) == 0 else { throw SystemCall.failure("look at", path) }
    // Its last owner may have renamed or removed it before we had the lock.
    var theirs = stat()
    guard unsafe lstat(path, &theirs) == 0, ours.st_ino == theirs.st_ino else { throw busy }
    guard ours.st_mode & S_IFMT == S_IFREG, ours.st_uid == geteuid() else {
      throw FileError(
        .exists, "\(path) is another user's, or no regular file: remove it, and try again")
    }
    // An older file has the permissions that it was made with.
    guard fchmod(descriptor, permissions) == 0 else {
      throw SystemCall.failure("set the permissions of", path)
    }
  }

  deinit {
    if isTemporary { unsafe unlink(temporaryPath) }
    close(descriptor)
  }

  /// Removes the temporary file now, and not when the last owner of this value lets go of it.
  package mutating func discard() {
    guard isTemporary else { return }
    unsafe unlink(temporaryPath)
    isTemporary = false
  }

  /// Leaves the temporary file for the next process of the same name to go on with.
  package mutating func keep() { isTemporary = false }

  /// Goes on behind the first `count` bytes of what was kept; the rest of it is cut off.
  package mutating func resume(at count: Int64) throws(FileError) {
    let descriptor = descriptor
    guard SystemCall.retried({ ftruncate(descriptor, off_t(count)) }) == 0 else {
      throw SystemCall.failure("truncate", temporaryPath)
    }
    byteCount = count
    flushed = count
  }

  package mutating func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    if let code = unsafe SystemCall.write(descriptor, bytes, at: byteCount) {
      throw SystemCall.failure("write", temporaryPath, code)
    }
    byteCount += Int64(bytes.count)
    if byteCount - flushed >= Self.flushBytes {
      // Begins to write the range, and drops none of it that is not on the disk yet.
      posix_fadvise(
        descriptor, off_t(flushed), off_t(byteCount - flushed), POSIX_FADV_DONTNEED)
      flushed = byteCount
    }
  }

  package mutating func append(_ bytes: [UInt8]) throws(FileError) {
    var failure: FileError?
    unsafe bytes.withUnsafeBytes { bytes in
      do throws(FileError) { try unsafe append(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Puts the file on the disk under its name.
  package mutating func commit() throws(FileError) {
    try sync()
    try giveName()
    try SystemCall.syncDirectory(directory)
  }

  /// Puts the content on the disk, under its temporary name yet.
  package func sync() throws(FileError) {
    let descriptor = descriptor
    guard SystemCall.retried({ fsync(descriptor) }) == 0 else {
      throw SystemCall.failure("fsync", temporaryPath)
    }
  }

  /// After `sync`: the name is on the disk when the directory was synced too.
  package mutating func giveName() throws(FileError) {
    guard unsafe rename(temporaryPath, path) == 0 else {
      throw SystemCall.failure("rename", temporaryPath)
    }
    isTemporary = false
  }
}

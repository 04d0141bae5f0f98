// SPDX-License-Identifier: Apache-2.0
import Files
import Glibc
import Sysexits

extension ExportTarget {
  /// An export that somebody may have sent on is not replaced by accident. Without its manifest,
  /// and with a state that knows every byte of it, it is one that was cut off at its very end.
  func checkFree() throws(ExportError) {
    guard !replacesExisting, unsafe access(path, F_OK) == 0 else { return }
    guard unsafe access(manifestPath, F_OK) != 0, let state = ExportState.read(statePath),
      try ExportError.disk({ () throws(FileError) in try holds(state) })
    else {
      throw .refused("\(path) exists: give --force to replace it", exitCode: .cannotCreate)
    }
  }

  private func holds(_ state: ExportState) throws(FileError) -> Bool {
    let descriptor = SystemCall.open(path, O_RDONLY)
    guard descriptor >= 0 else { throw SystemCall.failure("open", path) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, Int64(status.st_size) == state.byteCount else {
      return false
    }
    return try FileDigest.sha256(descriptor, path) == state.sha256
  }

  /// At success: nothing is left to go on with.
  func removeState() {
    unsafe unlink(statePath)
    unsafe unlink(statePath + AtomicFile.temporarySuffix)
  }
}

// SPDX-License-Identifier: Apache-2.0
import Files
import Foundation

/// Reads the content of an archive in order: one thread reads, hashes and decompresses, the
/// caller's thread gets the content of each frame.
///
/// Whatever the file declares, no more than a few frames of `ArchiveLimits.frameContentBytesMax`
/// are in memory.
final class ArchiveReader: @unchecked Sendable {
  // Sendable: the reading thread uses `file` and `fileDigest` until it signals `done`.
  private let queue: FrameQueue
  private let file: ArchiveFile
  private let done = DispatchSemaphore(value: 0)
  private var fileDigest = ""

  init(_ file: consuming ArchiveFile) {
    let largest = file.table.entries.map { Int($0.contentBytes) }.max() ?? 0
    queue = FrameQueue(frameBytes: largest)
    self.file = file
  }

  /// Calls `body` with each frame's content and where it begins, then returns the SHA-256 of the
  /// whole file. An error of `body` ends the reading.
  func forEach(
    _ body: (FilePosition, UnsafeRawBufferPointer) throws(FileError) -> Void
  ) throws(FileError) -> String {
    let thread = Thread {
      self.readAll()
      self.done.signal()
    }
    thread.name = "archive"
    thread.start()
    do throws(FileError) {
      try unsafe forEachFrame(body)
    } catch {
      queue.fail(error)
    }
    done.wait()
    if let error = queue.error { throw error }
    return fileDigest
  }

  private func forEachFrame(
    _ body: (FilePosition, UnsafeRawBufferPointer) throws(FileError) -> Void
  ) throws(FileError) {
    var position = FilePosition(frame: 0, fileOffset: 0, contentOffset: 0)
    for entry in file.table.entries {
      guard let frame = queue.takeFull() else { return }
      try unsafe body(position, frame.content)
      position.frame += 1
      position.fileOffset += Int64(entry.fileBytes)
      position.contentOffset += Int64(entry.contentBytes)
      queue.giveBack(frame)
    }
  }

  private func readAll() {
    do throws(FileError) {
      var reader = try FrameReader(descriptor: file.descriptor, path: file.path)
      for entry in file.table.entries {
        let frame = try queue.takeEmpty()
        _ = try unsafe reader.read(entry, into: frame.buffer)
        frame.byteCount = Int(entry.contentBytes)
        queue.submit(frame)
      }
      fileDigest = try reader.finish(tableBytes: file.table.byteCount)
      queue.close()
    } catch {
      queue.fail(error)
    }
  }
}

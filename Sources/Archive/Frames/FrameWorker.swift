// SPDX-License-Identifier: Apache-2.0
import Files

/// The thread behind an `ArchiveWriter`: compresses each frame and writes it; `FrameChecker` reads
/// it back on a thread of its own.
final class FrameWorker: @unchecked Sendable {
  // Sendable: used by the worker's thread until it has ended, and by the writer's after that.
  private let queue: FrameQueue
  private let checker: FrameChecker
  private var file: AtomicFile
  private var compressor: ZstdCompressor
  private var table = SeekTable()
  private let compressed = RawBuffer(
    byteCount: ZstdCompressor.bound(ArchiveLimits.frameContentBytes))

  init(
    _ queue: FrameQueue, file: consuming AtomicFile, plan: CopyPlan, level: Int
  ) throws(FileError) {
    self.queue = queue
    compressor = try ZstdCompressor(level: level)
    checker = try FrameChecker(
      queue, descriptor: file.descriptor, path: file.path, plan: plan)
    self.file = file
  }

  /// Works until the queue is closed or has failed, and until everything written was checked.
  func run() {
    checker.start()
    defer { checker.wait() }
    do throws(FileError) {
      while let frame = queue.takeFull() {
        try unsafe archive(frame.content)
        queue.giveBack(frame)
      }
    } catch {
      queue.fail(error)
    }
  }

  private func archive(_ content: UnsafeRawBufferPointer) throws(FileError) {
    let count = try unsafe compressor.compress(content, into: compressed.bytes)
    try unsafe file.append(UnsafeRawBufferPointer(rebasing: compressed.bytes[..<count]))
    checker.submit(try table.append(fileBytes: count, contentBytes: content.count))
  }

  /// Once, after `run`: writes the seek table and returns what the file holds.
  func finish() throws(FileError) -> ArchiveContents {
    let bytes = table.bytes
    try file.append(bytes)
    let (found, sha256) = try checker.finish(tableBytes: bytes.count)
    return ArchiveContents(
      rowCount: found.rowCount, keyRange: found.keyRange, sums: found.sums,
      content: found.content,
      file: Manifest.File(
        name: file.name, sha256: sha256, byteCount: file.byteCount,
        frameCount: table.entries.count))
  }

  /// After `run`, when the archive is not wanted.
  func discard() { file.discard() }

  /// After `finish`: puts the file on the disk, and then gives it its name.
  func sync() throws(FileError) { try file.sync() }
  func giveName() throws(FileError) { try file.giveName() }
}

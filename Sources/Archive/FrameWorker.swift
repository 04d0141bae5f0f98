// SPDX-License-Identifier: Apache-2.0

/// The thread behind an `ArchiveWriter`: compresses each frame, writes it, reads it back from the
/// file, and checks what comes out of it.
///
/// What it returns was therefore computed from the bytes of the file and not from those that came.
final class FrameWorker: @unchecked Sendable {
  // Sendable: used by the worker's thread until it has ended, and by the writer's after that.
  private let queue: FrameQueue
  private var file: AtomicFile
  private var compressor: ZstdCompressor
  private var reader: FrameReader?
  private var check: ContentCheck?
  private var table = SeekTable()
  private let compressed = RawBuffer(
    byteCount: ZstdCompressor.bound(ArchiveLimits.frameContentBytes))
  private let readBack = RawBuffer(byteCount: ArchiveLimits.frameContentBytes)

  init(
    _ queue: FrameQueue, file: consuming AtomicFile, plan: CopyPlan, level: Int
  ) throws(ArchiveError) {
    self.queue = queue
    compressor = try ZstdCompressor(level: level)
    reader = try FrameReader(descriptor: file.descriptor, path: file.path)
    check = ContentCheck(plan)
    self.file = file
  }

  /// Works until the queue is closed or has failed.
  func run() {
    do throws(ArchiveError) {
      while let frame = queue.takeFull() {
        try archive(frame.content)
        queue.giveBack(frame, rows: check?.rowCount ?? 0)
      }
    } catch {
      queue.fail(error)
    }
  }

  private func archive(_ content: UnsafeRawBufferPointer) throws(ArchiveError) {
    let count = try compressor.compress(content, into: compressed.bytes)
    try file.append(UnsafeRawBufferPointer(rebasing: compressed.bytes[..<count]))
    let entry = try table.append(fileBytes: count, contentBytes: content.count)
    guard let position = try reader?.read(entry, into: readBack.bytes) else { return }
    do throws(CopyFault) {
      try check?.feed(UnsafeRawBufferPointer(rebasing: readBack.bytes[..<content.count]))
    } catch {
      throw ArchiveError(error, in: position, of: file.path)
    }
  }

  /// Once, after `run`: writes the seek table and returns what the file holds.
  func finish() throws(ArchiveError) -> ArchiveContents {
    let end = reader?.position
    let bytes = table.bytes
    try file.append(bytes)
    guard let reader = reader.take(), let check = check.take(), let end else {
      throw ArchiveError(.inputOutput, "an archive is finished once")
    }
    let sha256 = try reader.finish(tableBytes: bytes.count)
    do throws(CopyFault) {
      let found = try check.finish()
      return ArchiveContents(
        rowCount: found.rowCount, keyRange: found.keyRange, sums: found.sums,
        content: found.content,
        file: Manifest.File(
          name: file.name, sha256: sha256, byteCount: file.byteCount,
          frameCount: table.entries.count))
    } catch {
      throw ArchiveError(error, in: end, of: file.path)
    }
  }

  /// After `run`, when the archive is not wanted.
  func discard() { file.discard() }

  /// Puts the file on the disk under its name.
  func commit() throws(ArchiveError) { try file.commit() }
}

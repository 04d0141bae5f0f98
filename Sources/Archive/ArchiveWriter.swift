// SPDX-License-Identifier: Apache-2.0
package import Files
import Foundation

/// Makes an archive of a COPY BINARY stream: a file that appears when it is whole, checked by
/// reading it back while the stream still comes, and its manifest.
///
/// The caller fills frames on its own thread; compression runs on another, reading back on a third.
/// Memory is bounded by a few frames, whatever the size of the stream. Used by one thread at a
/// time.
package final class ArchiveWriter {
  let location: ArchiveLocation
  let identity: ArchiveIdentity
  let replaces: Bool
  let worker: FrameWorker
  private let queue = FrameQueue(frameBytes: ArchiveLimits.frameContentBytes)
  private let workerDone = DispatchSemaphore(value: 0)
  private var isWorking = true
  /// Bytes of the stream so far.
  package private(set) var contentBytes: Int64 = 0

  package static let levelDefault = 3
  package static let levels = 1...19

  /// Throws when the table cannot be archived, and when something is in the way: an archive, unless
  /// it is to be replaced; one of another partition, and what nobody knows, even then. Without a
  /// `name` it is that of the partition.
  package init(
    directory: String, identity: ArchiveIdentity, name: String? = nil, columns: [ArchiveColumn],
    key: String, level: Int = levelDefault, replaces: Bool = false
  ) throws(FileError) {
    let location = ArchiveLocation(directory: directory, name: name ?? identity.partition)
    self.location = location
    self.identity = identity
    self.replaces = replaces
    try Manifest.checkName(location.name)
    let plan = try CopyPlan(
      columns: columns, key: key, lower: identity.lower, upper: identity.upper)
    try location.completeKilledRun()
    try location.check(identity, replaces: replaces)
    let file = try AtomicFile(directory: directory, name: location.fileName)
    worker = try FrameWorker(queue, file: file, plan: plan, level: level)
    let (worker, done) = (worker, workerDone)
    let thread = Thread {
      worker.run()
      done.signal()
    }
    thread.name = "archive"
    thread.start()
  }

  deinit {
    if isWorking {
      queue.fail(FileError(.inputOutput, "the archive was given up"))
      workerDone.wait()
    }
    // The thread may hold the worker a moment longer.
    worker.discard()
  }

  /// Rows that have been read back from the file so far.
  package var rowCount: Int64 { queue.rowCount }

  /// A frame to fill; waits while the disk or the compression is behind, throws what they failed
  /// with.
  package func emptyFrame() throws(FileError) -> Frame { try queue.takeEmpty() }

  /// Takes the next part of the stream; only the last frame may be less than full.
  package func submit(_ frame: Frame) {
    contentBytes += Int64(frame.byteCount)
    queue.submit(frame)
  }

  /// Once, after the last frame: what the file holds. It does not have its name yet.
  package func finish() throws(FileError) -> ArchiveContents {
    queue.close()
    workerDone.wait()
    isWorking = false
    if let error = queue.error { throw error }
    let contents = try worker.finish()
    // Bytes are compared by the checksum of each frame, which was made of what came.
    guard contents.content.byteCount == contentBytes
    else {
      throw FileError(
        .damaged(nil),
        "\(location.filePath): what was read back is not what was"
          + " written: check disk and memory of this machine, and try again")
    }
    return contents
  }
}

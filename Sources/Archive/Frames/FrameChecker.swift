// SPDX-License-Identifier: Apache-2.0
import Files
import Foundation

/// The thread that reads each frame back from the file as soon as it is written, and checks what
/// comes out of it.
///
/// What it returns was therefore computed from the bytes of the file and not from those that came.
final class FrameChecker: @unchecked Sendable {
  // Sendable: `reader` and `check` are used by the thread until it has ended, and by the owner
  // after.
  private let queue: FrameQueue
  private let written = EntryQueue()
  private let done = DispatchSemaphore(value: 0)
  private var reader: FrameReader?
  private var check: ContentCheck?
  private let readBack = RawBuffer(byteCount: ArchiveLimits.frameContentBytes)

  /// An error is told to `queue`, and the number of rows. The descriptor stays the caller's.
  init(
    _ queue: FrameQueue, descriptor: Int32, path: String, plan: CopyPlan
  ) throws(FileError) {
    self.queue = queue
    reader = try FrameReader(descriptor: descriptor, path: path)
    check = ContentCheck(plan)
  }

  func start() {
    let thread = Thread {
      self.run()
      self.done.signal()
    }
    thread.name = "archive-check"
    thread.start()
  }

  /// A frame that is in the file.
  func submit(_ entry: SeekTable.Entry) { written.submit(entry) }

  /// Returns when all frames were checked, or one was bad.
  func wait() {
    written.close()
    done.wait()
  }

  /// Once, after `wait` and when the seek table is in the file.
  func finish(
    tableBytes: Int
  ) throws(FileError) -> (found: ContentCheck.Result, fileSHA256: String) {
    guard let reader = reader.take(), let check = check.take() else {
      throw FileError(.inputOutput, "an archive is finished once")
    }
    let sha256 = try reader.finish(tableBytes: tableBytes)
    do throws(CopyError) {
      return (try check.finish(), sha256)
    } catch {
      throw Self.refusal(error)
    }
  }

  private func run() {
    do throws(FileError) {
      while queue.error == nil {
        let entries = written.take()
        if entries.isEmpty { return }
        for entry in entries { try verify(entry) }
        queue.note(rows: check?.rowCount ?? 0)
      }
    } catch {
      queue.fail(error)
    }
  }

  private func verify(_ entry: SeekTable.Entry) throws(FileError) {
    _ = try unsafe reader?.read(entry, into: readBack.bytes)
    let content = unsafe UnsafeRawBufferPointer(
      rebasing: readBack.bytes[..<Int(entry.contentBytes)])
    do throws(CopyError) {
      try unsafe check?.feed(content)
    } catch {
      throw Self.refusal(error)
    }
  }

  /// The frame's checksum was right: these are the bytes that came, and not a damage of the file.
  private static func refusal(_ fault: CopyError) -> FileError {
    let row = fault.row.map { "; row \($0) as COPY sends them" } ?? ""
    return FileError(
      .unsupported,
      "the table has a value that cannot be archived: \(fault.reason)\(row): change it, or keep"
        + " the partition")
  }
}

// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Digest

/// Everything that is computed from the content of an archive: SHA-256, size, rows, key range,
/// sums.
struct ContentCheck: ~Copyable {
  private var hash = SHA256Stream()
  private var walk: CopyWalk
  private var byteCount: Int64 = 0

  /// What the content turned out to be.
  struct Result: Equatable {
    let content: Manifest.Content
    let rowCount: Int64
    let keyRange: ClosedRange<Timestamp>?
    let sums: ArchiveSums
  }

  init(_ plan: CopyPlan) {
    walk = CopyWalk(plan)
  }

  /// Rows that have begun so far.
  var rowCount: Int64 { walk.rowCount }

  mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(CopyError) {
    unsafe hash.update(bytes)
    try unsafe walk.feed(bytes)
    byteCount += Int64(bytes.count)
  }

  consuming func finish() throws(CopyError) -> Result {
    let (rowCount, keyRange, sums) = try walk.finish()
    return Result(
      content: Manifest.Content(sha256: hash.finish(), byteCount: byteCount), rowCount: rowCount,
      keyRange: keyRange, sums: sums)
  }
}

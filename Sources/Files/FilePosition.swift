// SPDX-License-Identifier: Apache-2.0

/// A place in a file of frames, as precise as it is known.
package struct FilePosition: Sendable, Equatable, CustomStringConvertible {
  /// Counted from 0, as in the seek table.
  package var frame: Int
  /// Where that frame begins in the file, in bytes.
  package var fileOffset: Int64
  /// Bytes of the COPY stream before the bad place; the start of the frame if that is all we know.
  package var contentOffset: Int64
  /// Counted from 1; nil outside of the rows.
  package var row: Int64?

  package init(frame: Int, fileOffset: Int64, contentOffset: Int64, row: Int64? = nil) {
    self.frame = frame
    self.fileOffset = fileOffset
    self.contentOffset = contentOffset
    self.row = row
  }

  package var description: String {
    "frame \(frame) at byte \(fileOffset), content byte \(contentOffset)"
      + (row.map { ", row \($0)" } ?? "")
  }
}

// SPDX-License-Identifier: Apache-2.0
import Files

extension FileError {
  /// A fault of the content that was found while the frame at `frame` was walked over.
  init(_ fault: CopyError, in frame: FilePosition, of path: String) {
    let position = FilePosition(
      frame: frame.frame, fileOffset: frame.fileOffset, contentOffset: fault.contentOffset,
      row: fault.row)
    self.init(.damaged(position), "\(path) is damaged in \(position): \(fault.reason)")
  }
}

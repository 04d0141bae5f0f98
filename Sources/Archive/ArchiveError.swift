// SPDX-License-Identifier: Apache-2.0

/// What is wrong with an archive or with making one, and what to do next.
package struct ArchiveError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Kind: Sendable, Equatable {
    /// The file or its manifest is not there.
    case missing
    /// The bytes are not those that were written; where the first bad one was noticed.
    case damaged(ArchivePosition?)
    /// The disk or the quota is full.
    case noSpace
    case inputOutput
    /// The rows or the table cannot be archived in this format.
    case unsupported
    /// An archive of this name, or somebody who makes it, is in the way.
    case exists
    /// archive_command or restore_command failed, hung or lied.
    case shipment
  }

  package let kind: Kind
  package let message: String

  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// A fault of the content that was found while the frame at `frame` was walked over.
  init(_ fault: CopyFault, in frame: ArchivePosition, of path: String) {
    let position = ArchivePosition(
      frame: frame.frame, fileOffset: frame.fileOffset, contentOffset: fault.contentOffset,
      row: fault.row)
    self.init(.damaged(position), "\(path) is damaged in \(position): \(fault.reason)")
  }

  package var description: String { message }

  /// The sysexits code for a command that ends because of this error.
  package var exitCode: Int32 {
    switch kind {
    case .missing: 66
    case .damaged, .unsupported: 65
    case .noSpace, .inputOutput: 74
    case .exists: 73
    case .shipment: 69
    }
  }
}

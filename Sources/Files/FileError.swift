// SPDX-License-Identifier: Apache-2.0
package import Sysexits

/// What is wrong with a file or with making one, and what to do next.
package struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Kind: Sendable, Equatable {
    /// The file or its manifest is not there.
    case missing
    /// The bytes are not those that were written; where the first bad one was noticed.
    case damaged(FilePosition?)
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

  package var description: String { message }

  /// The sysexits code for a command that ends because of this error.
  package var exitCode: ExitCode {
    switch kind {
    case .missing: .noInput
    case .damaged, .unsupported: .data
    case .noSpace, .inputOutput: .inputOutput
    case .exists: .cannotCreate
    case .shipment: .unavailable
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package import Sysexits

/// Why ingest ended; one line for the operator and a sysexits(3) code.
package struct IngestError: Error, CustomStringConvertible, Sendable {
  package let description: String
  package let exitCode: ExitCode

  package init(_ description: String, exitCode: ExitCode) {
    self.description = description
    self.exitCode = exitCode
  }
}

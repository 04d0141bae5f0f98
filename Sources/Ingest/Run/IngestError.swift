// SPDX-License-Identifier: Apache-2.0

/// Why ingest ended; one line for the operator and a sysexits(3) code.
package struct IngestError: Error, CustomStringConvertible, Sendable {
  package let description: String
  package let exitCode: Int32

  package init(_ description: String, exitCode: Int32) {
    self.description = description
    self.exitCode = exitCode
  }
}

// SPDX-License-Identifier: Apache-2.0

/// A header to be produced; a value of nil is a null.
package struct RecordHeader: Sendable, Equatable {
  package var name: String
  package var value: [UInt8]?

  package init(_ name: String, _ value: [UInt8]?) {
    self.name = name
    self.value = value
  }

  package init(_ name: String, _ value: String) { self.init(name, Array(value.utf8)) }
}

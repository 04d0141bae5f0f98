// SPDX-License-Identifier: Apache-2.0

/// The effective value of an option.
///
/// More than one value only for repeatable options.
package struct Setting: Sendable, Equatable {
  package let values: [String]
  package let origin: Origin
  /// The file that the value was read from, if it is a secret in a file of its own.
  package let secretFile: String?

  package init(values: [String], origin: Origin, secretFile: String? = nil) {
    self.values = values
    self.origin = origin
    self.secretFile = secretFile
  }
}

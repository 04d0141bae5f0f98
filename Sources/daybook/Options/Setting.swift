// SPDX-License-Identifier: Apache-2.0

/// The effective value of an option.
///
/// More than one value only for repeatable options.
package struct Setting: Sendable, Equatable {
  package let values: [String]
  package let origin: Origin

  package init(values: [String], origin: Origin) {
    self.values = values
    self.origin = origin
  }
}

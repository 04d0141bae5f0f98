// SPDX-License-Identifier: Apache-2.0

/// What is wrong with a setting, and where it is set if that is known.
package struct SettingFault: Error, Equatable {
  package let error: CommandError
  package let origin: Origin?

  package init(_ error: CommandError, at origin: Origin? = nil) {
    self.error = error
    self.origin = origin
  }

  /// Takes a fault: ends with it, or lets the reading go on.
  package typealias Report = (SettingFault) throws(CommandError) -> Void

  /// Of a command that cannot go on with it.
  package static func end(_ fault: SettingFault) throws(CommandError) { throw fault.error }
}

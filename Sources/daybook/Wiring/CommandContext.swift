// SPDX-License-Identifier: Apache-2.0

/// What a command gets to work with.
package struct CommandContext: Sendable {
  package let settings: Settings
  package let operands: [String]
  package let output: Output
  /// Of the settings; empty but for a command that lists them.
  package let faults: [SettingFault]
}

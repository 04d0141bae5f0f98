// SPDX-License-Identifier: Apache-2.0
import Telemetry

/// What a command gets to work with.
package struct CommandContext: Sendable {
  package let settings: Settings
  package let operands: [String]
  package let output: Output
  let serviceManager: ServiceManager
  /// Reads the settings of this call again: the file may be another one.
  let reread: @Sendable () throws(CommandError) -> Settings
  /// Of the settings; empty but for a command that lists them.
  package let faults: [SettingFault]

  /// The same call with settings that were read later.
  func with(_ settings: Settings) -> CommandContext {
    CommandContext(
      settings: settings, operands: operands, output: output, serviceManager: serviceManager,
      reread: reread, faults: faults)
  }
}

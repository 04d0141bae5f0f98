// SPDX-License-Identifier: Apache-2.0

/// Where an export goes.
package struct ExportTarget: Sendable, Equatable {
  package let directory: String
  package let name: String
  /// A finished export of that name is replaced.
  package let replacesExisting: Bool

  package init(directory: String, name: String, replacesExisting: Bool = false) {
    self.directory = directory
    self.name = name
    self.replacesExisting = replacesExisting
  }

  package var path: String { directory + "/" + name }
  package var manifestPath: String { path + ExportManifest.suffix }
  var stateName: String { name + ExportState.suffix }
  var statePath: String { path + ExportState.suffix }
}

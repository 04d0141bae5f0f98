// SPDX-License-Identifier: Apache-2.0

extension CommandContext {
  var wantsJSON: Bool { settings.isOn(Options.json) }

  /// Lists rows as an aligned table, or as one JSON array with `--json`.
  func list(_ table: Table, json: @autoclosure () -> [JSONValue]) throws(Fault) {
    if wantsJSON {
      try output.line(JSONValue.array(json()).text)
    } else {
      try output.write(table.aligned)
    }
  }

  /// A message for the person, not for the next program.
  func say(_ message: String) { Output.standardError(message + "\n") }
}

// SPDX-License-Identifier: Apache-2.0
import Records

/// Daybook's own contract as a profile would say it: the spellings that each column is found by.
enum OwnContract {
  static func text(of stream: Stream) -> String {
    var text = """
      # Daybook's own contract for \(stream.table): docs/producers.md, and the JSON Schema of the topic.
      # A spelling with dots is found as one name and as a path of objects.

      [profile]
      stream = \(stream.table)
      format = json

      [columns]

      """
    for column in stream.columns where !column.keys.isEmpty {
      text += "\(column.name) = \(column.keys.joined(separator: " | "))\n"
    }
    let known = stream.watch.exceptions + stream.watch.totals.keys + stream.droppedKeys
    if !known.isEmpty { text += "\n[known]\nnames = \(known.joined(separator: ", "))\n" }
    return text + "\n"
  }
}

// SPDX-License-Identifier: Apache-2.0
import CopyFormat
import Text

extension Table {
  /// RFC 4180: CRLF, quotes doubled, a header line; text cells are guarded unless `isRaw`.
  package func csv(isRaw: Bool) -> String {
    var text = columns.map { CSVCell.quotedIfNeeded($0.name) }.joined(separator: ",") + "\r\n"
    for row in rows {
      let cells = zip(columns, row).map { column, value in
        column.kind == .text && !isRaw
          ? CSVCell.guarded(value ?? "") : CSVCell.quotedIfNeeded(value ?? "")
      }
      text += cells.joined(separator: ",") + "\r\n"
    }
    return text
  }
}
